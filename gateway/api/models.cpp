#include "gateway/api/models.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "common/routing/model_pattern.hpp"
#include "gateway/api/reply.hpp"

namespace balancer::gateway {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxLimit = 1000;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json model_object(const std::string& id, const Snapshot& snapshot) {
  const std::time_t created = std::chrono::system_clock::to_time_t(snapshot.load_time);
  return {{"type", "model"},
          {"object", "model"},
          {"id", id},
          {"display_name", id},
          {"created_at", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(created))},
          {"created", created},
          {"owned_by", "gateway"}};
}

struct PageQuery {
  std::size_t limit = std::numeric_limits<std::size_t>::max();
  std::optional<std::string> after_id;
  std::optional<std::string> before_id;
};

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

Result<PageQuery> parse_page_query(std::string_view query) {
  PageQuery page;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view parameter = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    const std::size_t equals = parameter.find('=');
    const std::string_view name = parameter.substr(0, equals);
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : parameter.substr(equals + 1);
    if (name == "after_id") page.after_id = percent_decoded(value);
    if (name == "before_id") page.before_id = percent_decoded(value);
    if (name != "limit") continue;
    const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), page.limit);
    if (error != std::errc() || stop != value.data() + value.size() || page.limit < 1 || page.limit > kMaxLimit) {
      return Error{ErrorCode::kInvalidRequest, "limit: Input should be a number from 1 to 1000", {}};
    }
  }
  return page;
}

bool has_enabled_target(const routing::Route& route, const Snapshot& snapshot) {
  return std::any_of(route.targets.begin(), route.targets.end(), [&](const routing::RouteTarget& target) {
    return target.enabled && snapshot.providers[target.provider].enabled;
  });
}

}  // namespace

std::vector<std::string> offered_models(const Snapshot& snapshot) {
  std::vector<std::string> models;
  const auto offer = [&models](const std::string& id) {
    if (std::find(models.begin(), models.end(), id) == models.end()) models.push_back(id);
  };
  for (const routing::Route& route : snapshot.routing.routes) {
    if (!has_enabled_target(route, snapshot)) continue;
    if (!routing::is_glob(route.pattern)) {
      offer(route.pattern);
      continue;
    }
    for (const routing::RouteTarget& target : route.targets) {
      if (!target.enabled || !snapshot.providers[target.provider].enabled || target.upstream_model.empty()) continue;
      if (routing::glob_matches(route.pattern, target.upstream_model)) offer(target.upstream_model);
    }
  }
  return models;
}

Result<std::string> model_page(const Snapshot& snapshot, std::string_view query) {
  const Result<PageQuery> page = parse_page_query(query);
  if (!page) return page.error();
  const std::vector<std::string> models = offered_models(snapshot);
  auto first = models.begin();
  auto last = models.end();
  // An unknown cursor points behind everything.
  if (page->after_id) {
    first = std::find(models.begin(), models.end(), *page->after_id);
    if (first != models.end()) ++first;
  }
  if (page->before_id) {
    last = std::find(first, models.end(), *page->before_id);
    if (last == models.end()) first = last;
  }
  const bool from_the_end = page->before_id && !page->after_id;
  const auto available = static_cast<std::size_t>(last - first);
  const auto shown = static_cast<std::ptrdiff_t>(std::min(page->limit, available));
  if (from_the_end) {
    first = last - shown;
  } else {
    last = first + shown;
  }
  Json data = Json::array();
  for (auto model = first; model != last; ++model) data.push_back(model_object(*model, snapshot));
  const bool empty = first == last;
  return dump({{"object", "list"},
               {"data", data},
               {"has_more", available > static_cast<std::size_t>(shown)},
               {"first_id", empty ? Json(nullptr) : Json(*first)},
               {"last_id", empty ? Json(nullptr) : Json(*(last - 1))}});
}

asio::awaitable<void> serve_model_list(http::Exchange& exchange, const Snapshot& snapshot) {
  Result<std::string> page = model_page(snapshot, exchange.request().query);
  if (!page) co_return co_await reply_shared_error(exchange, page.error());
  co_await reply_json(exchange, 200, std::move(*page));
}

asio::awaitable<void> serve_model(http::Exchange& exchange, std::string_view id, const Snapshot& snapshot) {
  const std::vector<std::string> models = offered_models(snapshot);
  const auto found = std::find(models.begin(), models.end(), id);
  if (found == models.end()) {
    Error missing{ErrorCode::kNotFound, fmt::format("model: {}", id), {}};
    co_return co_await reply_shared_error(exchange, std::move(missing));
  }
  co_await reply_json(exchange, 200, dump(model_object(*found, snapshot)));
}

}  // namespace balancer::gateway

#include "controlplane/config/route_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "common/config/nearest_word.hpp"
#include "common/config/quoted_text.hpp"
#include "common/routing/model_pattern.hpp"
#include "common/text/ascii.hpp"
#include "controlplane/config/pattern_reading.hpp"
#include "controlplane/config/unsupported_keys.hpp"

namespace balancer::controlplane {
namespace {

using routing::Route;
using routing::RouteTarget;
using routing::SelectionStrategy;

// Provider names and their places in the list.
class ProviderIndex {
 public:
  explicit ProviderIndex(const std::vector<Provider>& providers) : providers_(providers) {
    for (const Provider& provider : providers) {
      index_.emplace(provider.name, names_.size());
      names_.push_back(provider.name);
    }
  }

  [[nodiscard]] std::optional<std::size_t> find(const YamlValue& value) const {
    const auto name = value.text();
    if (!name) return std::nullopt;
    if (const auto found = index_.find(*name); found != index_.end()) return found->second;
    const std::string_view nearest = nearest_word(*name, names_);
    value.error(nearest.empty()
                    ? fmt::format("{} is no provider's name", in_quotes(value.written()))
                    : fmt::format("{} is no provider's name; did you mean {}?", in_quotes(value.written()), nearest));
    return std::nullopt;
  }

  [[nodiscard]] bool enabled(const RouteTarget& target) const {
    return target.enabled && providers_[target.provider].enabled;
  }

 private:
  const std::vector<Provider>& providers_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::vector<std::string> names_;
};

SelectionStrategy read_strategy(YamlMap& map, const char* key, SelectionStrategy fallback) {
  return map.choice<SelectionStrategy>(key, fallback,
                                       {{"priority", SelectionStrategy::kPriority},
                                        {"round_robin", SelectionStrategy::kRoundRobin},
                                        {"random", SelectionStrategy::kRandom},
                                        {"weighted", SelectionStrategy::kWeighted},
                                        {"least_latency", SelectionStrategy::kLeastLatency}});
}

std::optional<RouteTarget> read_target(YamlMap map, const ProviderIndex& providers) {
  RouteTarget target;
  const auto provider = map.require("provider");
  const auto index = provider ? providers.find(*provider) : std::nullopt;
  if (index) target.provider = *index;
  const std::string model = map.text("model", "passthrough");
  if (model.empty()) map.find("model")->error("must not be empty; passthrough keeps the client's model");
  if (model != "passthrough") target.upstream_model = model;
  target.priority = map.integer<int>("priority", target.priority, -1'000'000, 1'000'000);
  target.enabled = map.boolean("enabled", target.enabled);
  target.weight = map.integer<unsigned>("weight", target.weight, 1, 1'000'000);
  ignore_unsupported_target_keys(map);
  return index ? std::optional(target) : std::nullopt;
}

void check_pattern(const YamlMap::Entry& entry) {
  if (entry.key.empty()) entry.value.error("a route needs a model name or a pattern such as \"*sonnet*\"");
  const std::string difference = difference_to_reference(entry.key);
  if (!difference.empty()) entry.value.warning(difference);
}

Route read_route(const YamlMap::Entry& entry, const ProviderIndex& providers) {
  check_pattern(entry);
  Route route{.pattern = entry.key, .targets = {}, .strategy = std::nullopt};
  std::vector<YamlValue> values;
  if (entry.value.is_map()) {
    YamlMap map = entry.value.map();
    if (map.find("strategy")) route.strategy = read_strategy(map, "strategy", SelectionStrategy::kPriority);
    if (const auto list = map.require("providers")) values = list->list();
  } else {
    values = entry.value.list();
  }
  for (const YamlValue& value : values) {
    if (auto target = read_target(value.map(), providers)) route.targets.push_back(std::move(*target));
  }
  if (values.empty()) {
    entry.value.error("must list at least one {provider, model, priority}");
  } else if (route.targets.size() == values.size() &&
             std::none_of(route.targets.begin(), route.targets.end(),
                          [&](const RouteTarget& target) { return providers.enabled(target); })) {
    entry.value.warning("no provider of this route is enabled");
  }
  return route;
}

// Keys that are the same glob in other letters: the second is never reached while the first has a provider.
void check_repetition(const std::vector<YamlMap::Entry>& entries) {
  std::map<std::string, std::string> former;
  for (const YamlMap::Entry& entry : entries) {
    if (!routing::is_glob(entry.key)) continue;
    const auto [first, is_new] = former.emplace(ascii_lower(entry.key), entry.key);
    if (!is_new) entry.value.warning(fmt::format("matches the same models as {}", in_quotes(first->second)));
  }
}

}  // namespace

std::vector<Route> read_routes(YamlMap& root, const std::vector<Provider>& providers) {
  std::vector<Route> routes;
  const auto value = root.require("model_routes");
  if (!value) return routes;
  const ProviderIndex index(providers);
  const std::vector<YamlMap::Entry> entries = value->map().entries();
  if (entries.empty()) value->error("must hold at least one route, e.g. \"*\": [{provider: NAME}]");
  for (const YamlMap::Entry& entry : entries) routes.push_back(read_route(entry, index));
  check_repetition(entries);
  return routes;
}

routing::SelectionStrategy read_selection_strategy(YamlMap& settings) {
  return read_strategy(settings, "selection_strategy", SelectionStrategy::kPriority);
}

}  // namespace balancer::controlplane

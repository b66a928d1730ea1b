#include "common/tracing/key_value_list.hpp"

#include <algorithm>
#include <boost/url/pct_string_view.hpp>

#include "common/text/ascii.hpp"

namespace balancer::tracing {
namespace {

std::optional<std::string> decode(std::string_view text) {
  const auto encoded = boost::urls::make_pct_string_view(text);
  if (!encoded) return std::nullopt;
  return encoded->decode();
}

}  // namespace

std::optional<std::vector<KeyValue>> parse_key_value_list(std::string_view text) {
  std::vector<KeyValue> list;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view member = trim_blanks(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (member.empty()) continue;
    const std::size_t equals = member.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::optional<std::string> key = decode(trim_blanks(member.substr(0, equals)));
    const std::optional<std::string> value = decode(trim_blanks(member.substr(equals + 1)));
    if (!key || key->empty() || !value) return std::nullopt;
    list.push_back({*key, *value});
  }
  return list;
}

}  // namespace balancer::tracing

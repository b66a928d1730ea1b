// "key=value,key=value" as OpenTelemetry's environment variables hold it: W3C Baggage without its properties.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace balancer::tracing {

struct KeyValue {
  std::string key;
  std::string value;
  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

// Keys and values without the blanks around them, percent-decoded; empty members are passed over. Nothing when a member
// has no '=' or no key, or an escape is broken.
[[nodiscard]] std::optional<std::vector<KeyValue>> parse_key_value_list(std::string_view text);

}  // namespace balancer::tracing

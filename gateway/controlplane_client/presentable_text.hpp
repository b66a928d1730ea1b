// What of a client's or a provider's own words may go to the control plane: protobuf messages, the live page and balancerctl
// take UTF-8, and nobody's name is a page long.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

namespace balancer::gateway {

inline constexpr std::size_t kPresentableBytes = 1'024;

[[nodiscard]] inline bool is_presentable(std::string_view text) {
  return text.size() <= kPresentableBytes && simdjson::validate_utf8(text.data(), text.size());
}

// Leaves nothing of text that is not.
inline void keep_presentable(std::string& text) {
  if (!is_presentable(text)) text.clear();
}

}  // namespace balancer::gateway

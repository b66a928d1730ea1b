// Long text of providers, cut.
#pragma once

#include <cstddef>
#include <string_view>

namespace balancer::gateway {

// The longest beginning of UTF-8 text that ends between two characters and has at most `max_bytes`.
[[nodiscard]] constexpr std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace balancer::gateway

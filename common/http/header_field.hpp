// Header fields of a message, as views into the bytes that arrived.
#pragma once

#include <span>
#include <string_view>

#include "common/text/ascii.hpp"

namespace balancer::http {

struct HeaderField {
  std::string_view name;
  // Without surrounding blanks.
  std::string_view value;
};

// The first field of that name, letter case aside; empty when there is none.
[[nodiscard]] inline std::string_view find_header(std::span<const HeaderField> fields, std::string_view name) {
  for (const HeaderField& field : fields) {
    if (ascii_iequal(field.name, name)) return field.value;
  }
  return {};
}

[[nodiscard]] inline bool has_header(std::span<const HeaderField> fields, std::string_view name) {
  for (const HeaderField& field : fields) {
    if (ascii_iequal(field.name, name)) return true;
  }
  return false;
}

}  // namespace balancer::http

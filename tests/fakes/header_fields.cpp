#include "tests/fakes/header_fields.hpp"

#include <strings.h>

namespace balancer::fakes {
namespace {

bool same_name(std::string_view left, std::string_view right) {
  return left.size() == right.size() && ::strncasecmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace

std::optional<std::string> HeaderFields::value(std::string_view name) const {
  for (const Field& field : fields_) {
    if (same_name(field.first, name)) return field.second;
  }
  return std::nullopt;
}

std::vector<std::string> HeaderFields::values(std::string_view name) const {
  std::vector<std::string> found;
  for (const Field& field : fields_) {
    if (same_name(field.first, name)) found.push_back(field.second);
  }
  return found;
}

}  // namespace balancer::fakes

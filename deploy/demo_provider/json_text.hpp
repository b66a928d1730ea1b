// JSON as text: on one line, invalid UTF-8 replaced.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace balancer::demo {

template <class Json>
[[nodiscard]] std::string to_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace balancer::demo

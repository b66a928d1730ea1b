// The environment that the process was started with.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace balancer {

// The value of a variable; absent when it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

[[nodiscard]] Environment process_environment();

}  // namespace balancer

// ${NAME} and ${NAME:-default} in the values of a configuration file.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/error/error.hpp"

namespace balancer {

// The value of a variable; absent when it is not set.
using VariableLookup = std::function<std::optional<std::string>(std::string_view name)>;

// ${NAME} is the variable's value and an error when it is not set; ${NAME:-default} is the default when it is not
// set or empty. "$${" stands for a literal "${"; any other "$" is left alone. A default ends at the first "}", and
// what a variable holds is not substituted again. The error's message names variables and holds no value.
[[nodiscard]] Result<std::string> substitute_variables(std::string_view text, const VariableLookup& lookup);

}  // namespace balancer

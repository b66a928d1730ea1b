// An environment of a test's own.
#pragma once

#include <map>
#include <string>

#include "common/process/process_environment.hpp"

namespace balancer::controlplane::cli {

[[nodiscard]] Environment given(std::map<std::string, std::string> variables);

}  // namespace balancer::controlplane::cli

// How the problems of a configuration are printed.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "balancer/controlplane/v1/admin.pb.h"
#include "controlplane/config/config_problem.hpp"

namespace balancer::controlplane::cli {

[[nodiscard]] std::vector<ConfigProblem> decode_problems(const v1::ReloadConfigResponse& response);

// A line each: "config.yaml:12:5: error: ...".
[[nodiscard]] std::string problems_text(const std::vector<ConfigProblem>& problems);

[[nodiscard]] nlohmann::ordered_json problems_json(const std::vector<ConfigProblem>& problems);

// "config.yaml: 2 errors, 1 warning".
[[nodiscard]] std::string summary(const std::string& file, const std::vector<ConfigProblem>& problems);

}  // namespace balancer::controlplane::cli

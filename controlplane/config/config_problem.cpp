#include "controlplane/config/config_problem.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace balancer::controlplane {

std::string to_string(const ConfigProblem& problem) {
  std::string result = problem.file;
  if (problem.line > 0) result += fmt::format(":{}:{}", problem.line, problem.column);
  result += problem.severity == ConfigProblem::Severity::kError ? ": error: " : ": warning: ";
  if (!problem.path.empty()) result += problem.path + ": ";
  return result + problem.message;
}

bool has_errors(const std::vector<ConfigProblem>& problems) {
  return std::any_of(problems.begin(), problems.end(), [](const ConfigProblem& problem) {
    return problem.severity == ConfigProblem::Severity::kError;
  });
}

}  // namespace balancer::controlplane

#include "controlplane/cli/problem_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace balancer::controlplane::cli {
namespace {

std::string counted(std::ptrdiff_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::vector<ConfigProblem> decode_problems(const v1::ReloadConfigResponse& response) {
  std::vector<ConfigProblem> problems;
  for (const v1::ConfigProblem& problem : response.problems()) {
    problems.push_back({.severity = problem.severity() == v1::PROBLEM_SEVERITY_WARNING
                                        ? ConfigProblem::Severity::kWarning
                                        : ConfigProblem::Severity::kError,
                        .file = problem.file(),
                        .line = problem.line(),
                        .column = problem.column(),
                        .path = problem.path(),
                        .message = problem.message()});
  }
  return problems;
}

std::string problems_text(const std::vector<ConfigProblem>& problems) {
  std::string text;
  for (const ConfigProblem& problem : problems) text += to_string(problem) + '\n';
  return text;
}

nlohmann::ordered_json problems_json(const std::vector<ConfigProblem>& problems) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ConfigProblem& problem : problems) {
    list.push_back({{"severity", problem.severity == ConfigProblem::Severity::kError ? "error" : "warning"},
                    {"file", problem.file},
                    {"line", problem.line},
                    {"column", problem.column},
                    {"path", problem.path},
                    {"message", problem.message}});
  }
  return list;
}

std::string summary(const std::string& file, const std::vector<ConfigProblem>& problems) {
  const auto errors = std::count_if(problems.begin(), problems.end(), [](const ConfigProblem& problem) {
    return problem.severity == ConfigProblem::Severity::kError;
  });
  const auto warnings = static_cast<std::ptrdiff_t>(problems.size()) - errors;
  return fmt::format("{}: {}, {}", file, counted(errors, "error"), counted(warnings, "warning"));
}

}  // namespace balancer::controlplane::cli

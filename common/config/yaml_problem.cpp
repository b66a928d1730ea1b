#include "common/config/yaml_problem.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace balancer {

namespace {

// An alias gives the same key other paths.
std::string last_part_of(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? path : path.substr(dot + 1);
}

}  // namespace

void YamlProblems::add(YamlProblem problem) {
  if (full()) {
    ++left_out_;
    error_left_out_ |= problem.severity == YamlSeverity::kError;
    return;
  }
  if (!seen_.emplace(problem.place, last_part_of(problem.path), problem.message).second) return;
  problems_.push_back(std::move(problem));
}

std::vector<YamlProblem> YamlProblems::sorted() const {
  std::vector<YamlProblem> result = problems_;
  std::stable_sort(result.begin(), result.end(),
                   [](const YamlProblem& a, const YamlProblem& b) { return a.place < b.place; });
  if (left_out_ > 0) {
    result.push_back({error_left_out_ ? YamlSeverity::kError : YamlSeverity::kWarning,
                      {},
                      "",
                      fmt::format("{} further problems are not shown", left_out_)});
  }
  return result;
}

}  // namespace balancer

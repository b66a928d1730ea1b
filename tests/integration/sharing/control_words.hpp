// balancerctl on the control plane of a stack.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/support/stack.hpp"

namespace balancer::integration {

struct ControlAnswer {
  int code = -1;
  std::string out;
  std::string err;
};

[[nodiscard]] inline ControlAnswer control(const SplitStack& stack, std::vector<std::string> words) {
  words.insert(words.begin(), {"--server", stack.control_address()});
  const Process process({"balancerctl", std::move(words), {}});
  const ExitStatus status = process.wait_for_exit();
  return {status.code.value_or(-1), process.standard_output(), process.standard_error()};
}

// Throws nlohmann::json::parse_error when balancerctl fails.
[[nodiscard]] inline nlohmann::json cache_stats(const SplitStack& stack) {
  return nlohmann::json::parse(control(stack, {"cache", "stats", "-o", "json"}).out);
}

}  // namespace balancer::integration

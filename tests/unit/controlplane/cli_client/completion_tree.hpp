// A small command tree with one of each thing that completion knows.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

namespace balancer::controlplane::cli {

class CompletionTree {
 public:
  CompletionTree();

  [[nodiscard]] const CLI::App& app() const { return app_; }

 private:
  CLI::App app_{"A test's program.", "balancerctl"};
  std::string text_;
  bool flag_ = false;
};

// What a fake balancerctl on the PATH does in sh: it names its providers, one of them hostile.
[[nodiscard]] std::string provider_naming_program();

}  // namespace balancer::controlplane::cli

// One thing that is wrong, or odd, in a configuration file.
#pragma once

#include <string>
#include <vector>

namespace balancer::controlplane {

struct ConfigProblem {
  enum class Severity { kError, kWarning };

  Severity severity = Severity::kError;
  std::string file;
  // From 1; 0 when the problem has no place.
  int line = 0;
  int column = 0;
  // e.g. "providers[2].base_url"; empty for the whole file.
  std::string path;
  // Says what is wrong and what would be right; never repeats a credential.
  std::string message;
};

// "config.yaml:12:5: error: providers[2].base_url: must start with https:// or http://"
[[nodiscard]] std::string to_string(const ConfigProblem& problem);

[[nodiscard]] bool has_errors(const std::vector<ConfigProblem>& problems);

}  // namespace balancer::controlplane

// `balancerctl code [OPTIONS] -- ARGUMENTS`: whose is what.
#pragma once

#include <string>
#include <vector>

namespace balancer::controlplane::cli {

struct SplitCommandLine {
  // An argv, for CLI11. Points into the whole one.
  std::vector<const char*> own;
  // Letter by letter what was typed behind the first "--": CLI11 would take "[a,b]" apart.
  std::vector<std::string> claude;
};

// A command line without the word `code` before its "--" is all balancerctl's own.
[[nodiscard]] SplitCommandLine split_command_line(int argc, const char* const* argv);

}  // namespace balancer::controlplane::cli

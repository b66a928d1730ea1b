#include "controlplane/cli/client/claude_arguments.hpp"

#include <algorithm>
#include <string_view>

namespace balancer::controlplane::cli {

SplitCommandLine split_command_line(int argc, const char* const* argv) {
  const char* const* const end = argv + argc;
  const auto is = [](std::string_view word) { return [word](const char* each) { return each == word; }; };
  const char* const* const dashes = std::find_if(argv, end, is("--"));
  if (dashes == end || std::none_of(argv, dashes, is("code"))) return {{argv, end}, {}};
  return {{argv, dashes}, {dashes + 1, end}};
}

}  // namespace balancer::controlplane::cli

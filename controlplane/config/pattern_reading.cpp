#include "controlplane/config/pattern_reading.hpp"

#include <fmt/format.h>

#include "common/config/quoted_text.hpp"
#include "common/routing/model_pattern.hpp"

namespace balancer::controlplane {

std::string difference_to_reference(std::string_view pattern) {
  const std::size_t special = pattern.find_first_of(".?+()[]{}|^$\\");
  if (!routing::is_glob(pattern)) {
    // An exact name for both. Dots and brackets are part of names ("claude-3.5", "claude-opus-4[1m]").
    return pattern.find_first_of("?^$|\\") == pattern.npos
               ? std::string()
               : std::string("is taken as an exact name; only * stands for other characters");
  }
  if (special != pattern.npos) {
    return fmt::format(
        "{} stands for itself here; only * has a meaning, while the Python balancer reads a regular expression",
        in_quotes(pattern.substr(special, 1)));
  }
  if (!pattern.starts_with('*') || !pattern.ends_with('*')) {
    return fmt::format(
        "matches whole names only; the Python balancer also finds it inside a name: write *{}* for that",
        pattern.substr(pattern.find_first_not_of('*'),
                       pattern.find_last_not_of('*') - pattern.find_first_not_of('*') + 1));
  }
  return {};
}

}  // namespace balancer::controlplane

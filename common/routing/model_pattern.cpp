#include "common/routing/model_pattern.hpp"

#include "common/text/ascii.hpp"

namespace balancer::routing {

bool is_glob(std::string_view pattern) { return pattern.find('*') != std::string_view::npos; }

bool glob_matches(std::string_view pattern, std::string_view model) {
  std::size_t p = 0;
  std::size_t m = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_model = 0;
  while (m < model.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_model = m;
    } else if (p < pattern.size() && ascii_lower(pattern[p]) == ascii_lower(model[m])) {
      ++p;
      ++m;
    } else if (star != std::string_view::npos) {
      // Let the last '*' take one character more and try again behind it.
      p = star + 1;
      m = ++star_model;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace balancer::routing

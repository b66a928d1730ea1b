// What an operator counts as a provider's failure beside the built-in classes (seed-compat section 1, "unhealthy_*").
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/error/error.hpp"

namespace re2 {
class RE2;
}

namespace balancer {

// RE2 expressions, letter case aside. Compiled once; copies share the result. Any thread may search.
class TextPatterns {
 public:
  TextPatterns() = default;
  // The error says why RE2 refuses an expression, or that it would take too much memory.
  [[nodiscard]] static Result<TextPatterns> compile(const std::vector<std::string>& expressions);
  // The expression that finds this text as it stands.
  [[nodiscard]] static std::string plain(std::string_view text);

  // One of them is found in `text`. Takes time in proportion to its length, and bounded memory.
  [[nodiscard]] bool found_in(std::string_view text) const;
  // As compiled.
  [[nodiscard]] std::vector<std::string> expressions() const;

  friend bool operator==(const TextPatterns& left, const TextPatterns& right) {
    return left.expressions() == right.expressions();
  }

 private:
  std::vector<std::shared_ptr<const re2::RE2>> compiled_;
};

struct UnhealthySigns {
  // Of answers: such an answer is a failure, even if it would pass for a success.
  std::vector<int> statuses;
  // In what is said of a connection that failed.
  TextPatterns exception_patterns;
  // In the body of an answer with an error status.
  TextPatterns body_patterns;

  friend bool operator==(const UnhealthySigns&, const UnhealthySigns&) = default;
};

}  // namespace balancer

#include "common/snapshot/unhealthy_signs.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace balancer {
namespace {

// Of one expression, its program and its automata. Also bounds how long the slowest search takes.
constexpr int kMaxBytes = 512 * 1024;

RE2::Options options() {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_never_capture(true);
  options.set_log_errors(false);
  options.set_max_mem(kMaxBytes);
  return options;
}

}  // namespace

Result<TextPatterns> TextPatterns::compile(const std::vector<std::string>& expressions) {
  TextPatterns patterns;
  for (const std::string& expression : expressions) {
    auto compiled = std::make_shared<const RE2>(expression, options());
    if (!compiled->ok()) return Error{ErrorCode::kInvalidRequest, compiled->error(), {}};
    patterns.compiled_.push_back(std::move(compiled));
  }
  return patterns;
}

std::string TextPatterns::plain(std::string_view text) { return RE2::QuoteMeta(text); }

bool TextPatterns::found_in(std::string_view text) const {
  const re2::StringPiece searched(text.data(), text.size());
  return std::any_of(compiled_.begin(), compiled_.end(),
                     [&](const auto& expression) { return RE2::PartialMatch(searched, *expression); });
}

std::vector<std::string> TextPatterns::expressions() const {
  std::vector<std::string> expressions;
  for (const auto& expression : compiled_) expressions.push_back(expression->pattern());
  return expressions;
}

}  // namespace balancer

// A glob matches what its table of answers says, letter case aside; a text finds itself; and an operator's expression is
// refused or searched, alone as with others.
//
// The first line is the pattern, the rest is the text.
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "common/routing/model_pattern.hpp"
#include "common/snapshot/unhealthy_signs.hpp"
#include "common/text/ascii.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using namespace balancer;  // NOLINT(google-build-using-namespace)
using fuzz::complain;

// Whether the pattern's first p characters match the model's first m, for all of them.
bool matches_by_table(std::string_view pattern, std::string_view model) {
  std::vector<bool> row(model.size() + 1, false);
  row[0] = true;
  for (const char c : pattern) {
    std::vector<bool> next(model.size() + 1, false);
    next[0] = c == '*' && row[0];
    for (std::size_t m = 1; m <= model.size(); ++m) {
      next[m] = c == '*' ? row[m] || next[m - 1] : row[m - 1] && ascii_lower(c) == ascii_lower(model[m - 1]);
    }
    row = std::move(next);
  }
  return row[model.size()];
}

void check_glob(std::string_view pattern, std::string_view model) {
  const bool matches = routing::glob_matches(pattern, model);
  if (matches != matches_by_table(pattern, model)) complain("another answer than the table's", pattern);
  if (routing::glob_matches(ascii_lower(pattern), ascii_lower(model)) != matches) complain("letter case counts", pattern);
  if (!routing::is_glob(pattern) && matches != ascii_iequal(pattern, model)) complain("no glob, yet no name", pattern);
  if (!routing::glob_matches("*" + std::string(model) + "*", model)) complain("a model misses itself", model);
}

void check_plain_text(std::string_view text) {
  // Longer ones may need more memory than an expression is given.
  constexpr std::size_t kAlwaysTaken = 200;
  if (text.size() > kAlwaysTaken || !simdjson::validate_utf8(text.data(), text.size())) return;
  const auto patterns = TextPatterns::compile({TextPatterns::plain(text)});
  if (!patterns) complain("a plain text is refused", text);
  if (!patterns->found_in(text)) complain("a text misses itself", text);
  if (!patterns->found_in("before " + std::string(text) + " behind")) complain("a text is not found inside", text);
}

void check_expression(const std::string& expression, std::string_view text) {
  const auto patterns = TextPatterns::compile({expression});
  if (!patterns) {
    if (patterns.error().message.empty()) complain("a refusal without words", expression);
    return;
  }
  if (patterns->expressions() != std::vector{expression}) complain("another expression", expression);
  const bool found = patterns->found_in(text);
  const auto both = TextPatterns::compile({"no such text \\x{1F600}", expression});
  if (!both || both->found_in(text) != found) complain("another answer beside another", expression);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::as_text(data, size);
  const std::string_view pattern = input.substr(0, input.find('\n'));
  const std::string_view text = input.substr(std::min(pattern.size() + 1, input.size()));
  if (text.find("no such text") != std::string_view::npos) return 0;
  check_glob(pattern, text);
  check_plain_text(text);
  check_expression(std::string(pattern), text);
  return 0;
}

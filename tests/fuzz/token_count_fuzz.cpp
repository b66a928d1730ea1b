// A text comes to the same count however it is cut, and no request to more tokens than its bytes and pictures could be.
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "gateway/dialect/token_count/message_tokens.hpp"
#include "gateway/dialect/token_count/text_tokens.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using namespace balancer;           // NOLINT(google-build-using-namespace)
using namespace balancer::gateway;  // NOLINT(google-build-using-namespace)
using fuzz::complain;

double count(std::string_view text, std::size_t piece_size, bool raw) {
  TextTokenCounter counter;
  while (!text.empty()) {
    const std::string piece(text.substr(0, piece_size));
    if (raw) {
      counter.feed_raw(piece);
    } else {
      counter.feed(piece);
    }
    text.remove_prefix(piece.size());
  }
  counter.end_text();
  return counter.tokens();
}

void check_text(std::string_view text) {
  for (const bool raw : {false, true}) {
    const double whole = count(text, text.size() + 1, raw);
    if (count(text, 1, raw) != whole || count(text, 5, raw) != whole) complain("another count of pieces", text);
    if (!std::isfinite(whole) || whole < 0) complain("a count that is none", text);
    if (whole > 4.0 * static_cast<double>(text.size()) + 1) complain("more tokens than bytes could be", text);
  }
}

void check_request(std::string_view body) {
  // Of one block, whatever it is: the largest picture, or a document.
  constexpr std::int64_t kMostOfOneByte = 100'000;
  static JsonDocument document;
  const auto root = document.read_copy(body);
  if (!root) return;
  for (const std::string_view model : {"claude-sonnet-4-5", "gpt-5", ""}) {
    const std::int64_t tokens = estimate_input_tokens(*root, model);
    if (tokens < 1) complain("a request of no tokens", body);
    if (tokens > 10'000 + kMostOfOneByte * static_cast<std::int64_t>(body.size())) complain("too many tokens", body);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  check_text(text);
  check_request(text);
  return 0;
}

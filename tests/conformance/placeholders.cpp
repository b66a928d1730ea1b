#include "tests/conformance/placeholders.hpp"

#include <re2/re2.h>

#include <array>
#include <utility>

namespace balancer::conformance {
namespace {

constexpr auto kPatterns = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"<msg id>", "msg_[0-9A-Za-z]{24}"},
    {"<tool id>", "toolu_[0-9A-Za-z]{24}"},
    {"<signature>", R"(gw1\.[0-9A-Za-z._-]*)"},
    {"<hex8>", "[0-9a-f]{8}"},
    {"<hex24>", "[0-9a-f]{24}"},
    {"<hex32>", "[0-9a-f]{32}"},
    {"<alnum9>", "[0-9A-Za-z]{9}"},
    {"<n>", "[0-9]+"},
    {"<any>", "(?s:.*)"},
});

std::string pattern_of(std::string_view expected) {
  std::string pattern;
  while (!expected.empty()) {
    const std::size_t at = expected.find('<');
    pattern += RE2::QuoteMeta(expected.substr(0, at));
    if (at == std::string_view::npos) break;
    expected.remove_prefix(at);
    std::size_t taken = 0;
    for (const auto& [placeholder, meaning] : kPatterns) {
      if (!expected.starts_with(placeholder)) continue;
      pattern += meaning;
      taken = placeholder.size();
    }
    if (taken == 0) {
      pattern += '<';
      taken = 1;
    }
    expected.remove_prefix(taken);
  }
  return pattern;
}

}  // namespace

bool matches_expected(std::string_view expected, std::string_view text) {
  if (expected == text) return true;
  if (expected.find('<') == std::string_view::npos) return false;
  return RE2::FullMatch(text, pattern_of(expected));
}

std::string without_generated_ids(std::string bytes) {
  static const RE2 kId(R"((msg|toolu)_[0-9A-Za-z]{24})");
  RE2::GlobalReplace(&bytes, kId, R"(<\1 id>)");
  return bytes;
}

}  // namespace balancer::conformance

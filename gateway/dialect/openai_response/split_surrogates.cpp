#include "gateway/dialect/openai_response/split_surrogates.hpp"

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kEscapeSize = 6;

bool is_high_surrogate_escape(std::string_view text) {
  const char high = text[3];
  return text.starts_with("\\u") && (text[2] == 'd' || text[2] == 'D') &&
         (high == '8' || high == '9' || high == 'a' || high == 'b' || high == 'A' || high == 'B');
}

// The backslash at `at` begins an escape: it is not itself escaped.
bool begins_escape(std::string_view raw, std::size_t at) {
  std::size_t before = at;
  while (before > 0 && raw[before - 1] == '\\') --before;
  return (at - before) % 2 == 0;
}

}  // namespace

std::string join_split_surrogates(std::string& half, std::string_view raw) {
  std::string joined = half;
  joined += raw;
  half.clear();
  if (joined.size() >= kEscapeSize) {
    const std::size_t at = joined.size() - kEscapeSize;
    if (is_high_surrogate_escape(std::string_view(joined).substr(at)) && begins_escape(joined, at)) {
      half = joined.substr(at);
      joined.resize(at);
    }
  }
  repair_lone_surrogates(joined);
  return joined;
}

}  // namespace balancer::gateway

#include "gateway/dialect/openai_response/think_tags.hpp"

#include <algorithm>
#include <utility>

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

constexpr std::string_view kOpening = "<think>";
constexpr std::string_view kClosing = "</think>";
constexpr std::string_view kSpace = " \t\r\n";

// How many bytes at the end of `text` could be the beginning of `tag`.
std::size_t overlap(std::string_view text, std::string_view tag) {
  for (std::size_t size = std::min(text.size(), tag.size() - 1); size > 0; --size) {
    if (text.ends_with(tag.substr(0, size))) return size;
  }
  return 0;
}

}  // namespace

ThinkTags::Split ThinkTags::feed(std::string_view raw) {
  if (where_ == Where::kBehind) return {{}, std::string(raw)};
  append_decoded(held_, raw);
  Split split;
  sort_held(split);
  return split;
}

void ThinkTags::sort_held(Split& split) {
  if (where_ == Where::kBefore) {
    const std::size_t begin = held_.find_first_not_of(kSpace);
    if (begin == std::string::npos) return;
    const std::string_view text = std::string_view(held_).substr(begin);
    if (text.size() < kOpening.size() && kOpening.starts_with(text)) return;
    if (!text.starts_with(kOpening)) {
      where_ = Where::kBehind;
      append_escaped(split.text, std::exchange(held_, {}));
      return;
    }
    held_.erase(0, begin + kOpening.size());
    where_ = Where::kInside;
  }
  const std::size_t end = held_.find(kClosing);
  if (end == std::string::npos) {
    const std::size_t kept = overlap(held_, kClosing);
    append_escaped(split.reasoning, std::string_view(held_).substr(0, held_.size() - kept));
    held_.erase(0, held_.size() - kept);
    return;
  }
  append_escaped(split.reasoning, std::string_view(held_).substr(0, end));
  const std::size_t begin = held_.find_first_not_of(kSpace, end + kClosing.size());
  if (begin != std::string::npos) append_escaped(split.text, std::string_view(held_).substr(begin));
  held_.clear();
  where_ = Where::kBehind;
}

ThinkTags::Split ThinkTags::finish() {
  Split split;
  append_escaped(where_ == Where::kInside ? split.reasoning : split.text, std::exchange(held_, {}));
  where_ = Where::kBehind;
  return split;
}

}  // namespace balancer::gateway

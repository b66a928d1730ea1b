// Servers that put <think>...</think> at the beginning of the text instead of a field of its own (protocol.md 3.2).
#pragma once

#include <string>
#include <string_view>

namespace balancer::gateway {

class ThinkTags {
 public:
  struct Split {
    // Raw text; either may be empty. The reasoning comes first.
    std::string reasoning;
    std::string text;
  };

  // Takes the next piece of raw text apart, wherever the pieces are cut.
  [[nodiscard]] Split feed(std::string_view raw);
  // What was held back because it could have been the beginning of a tag.
  [[nodiscard]] Split finish();

 private:
  enum class Where { kBefore, kInside, kBehind };
  void sort_held(Split& split);

  Where where_ = Where::kBefore;
  // Decoded.
  std::string held_;
};

}  // namespace balancer::gateway

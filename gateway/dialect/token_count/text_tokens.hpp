// How many tokens a text comes to, without a tokenizer (protocol.md section 6): runs of characters of one kind are
// counted by length, in units of OpenAI's o200k vocabulary. About 10 % off on common text.
#pragma once

#include <cstddef>
#include <string_view>

namespace balancer::gateway {

// Takes a text in pieces, wherever it is cut but inside a character.
class TextTokenCounter {
 public:
  // Raw text of a JSON string (json_text.hpp): escapes count as what they stand for.
  void feed_raw(std::string_view raw);
  // Text as it is: also JSON, whose punctuation then counts.
  void feed(std::string_view text);
  // What follows does not belong to the same text: runs end here.
  void end_text();

  // Of everything so far.
  [[nodiscard]] double tokens() const { return tokens_ + open_run_tokens(0); }

 private:
  enum class Kind { kNone, kLetters, kDigits, kBlanks, kNewlines, kPunctuation };

  void count_ascii(char c);
  void count_code_point(char32_t code_point);
  void end_run(Kind next);
  // What the open run comes to when `next` (a Kind) follows it.
  [[nodiscard]] double open_run_tokens(int next) const;

  double tokens_ = 0;
  Kind kind_ = Kind::kNone;
  std::size_t length_ = 0;
  bool last_lower_ = false;
  // The run before this one was a single blank behind digits.
  bool digits_before_blank_ = false;
  bool touches_digit_ = false;
};

}  // namespace balancer::gateway

// How many tokens a text comes to, without a tokenizer (protocol.md section 6): runs of characters of one kind are
// counted by length, in units of OpenAI's o200k vocabulary. About 10 % off on common text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace balancer::gateway {

// Takes a text in pieces, cut anywhere: the count is the same as of the whole. One step a byte, whatever the text.
class TextTokenCounter {
 public:
  // Raw text of a JSON string (json_text.hpp): escapes count as what they stand for.
  void feed_raw(std::string_view raw);
  // Text as it is.
  void feed(std::string_view text);
  // What follows does not belong to the same text: runs, and what was cut, end here.
  void end_text();

  // Of everything so far.
  [[nodiscard]] double tokens() const;

 private:
  // Up to `stop` or what is not ASCII; returns how many bytes that were.
  std::size_t count_ascii(std::string_view text, unsigned char stop);
  void count_ascii(char c);
  void count_beyond_ascii(unsigned char byte);
  void count_escape(unsigned char byte);
  void count_code_unit(std::uint16_t unit);

  // The table's counts are whole numbers of a 300th of a token.
  std::int64_t units_ = 0;
  std::uint8_t state_ = 0;
  // Of a sequence whose second byte tells what it counts; 0 otherwise.
  unsigned char lead_ = 0;
  // Bytes that the open escape still has; the code unit that its digits spell so far.
  std::uint8_t escape_left_ = 0;
  std::uint16_t unit_ = 0;
};

}  // namespace balancer::gateway

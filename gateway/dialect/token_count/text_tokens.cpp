#include "gateway/dialect/token_count/text_tokens.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace balancer::gateway {
namespace {

// Counts in units, as in the table of section 6.
constexpr int kToken = 300;
constexpr int kLetterOfLongWord = 50;
constexpr int kLetterMeetsDigit = 90;
constexpr int kDigitsAgain = 240;
constexpr int kNewline = 150;
constexpr int kPunctuationMark = 210;
constexpr int kPunctuationMeetsDigit = kToken - kPunctuationMark;
constexpr int kMorePunctuation = 120;
constexpr int kWide = 240;
constexpr int kEmoji = 600;
constexpr int kOther = 96;

// Stands in no ASCII text.
constexpr unsigned char kNoByte = 0xff;

enum Kind : std::uint8_t { kLower, kUpper, kDigit, kBlank, kNewlines, kPunctuation, kKinds };

// The open run, and what of its length and surroundings matters for what follows.
constexpr int kWordLetters = 7;
constexpr int kDigitsPerToken = 3;
constexpr int kNoRun = 0;
constexpr int kLowerRun = 1;  // Of 1 to 8 letters or more, the last of them lower case.
constexpr int kUpperRun = kLowerRun + kWordLetters + 1;
constexpr int kDigitRun = kUpperRun + kWordLetters + 1;  // Of 1 to 3 digits of a token.
constexpr int kOneBlank = kDigitRun + kDigitsPerToken;
constexpr int kOneBlankBehindDigits = kOneBlank + 1;
constexpr int kBlankRun = kOneBlank + 2;
constexpr int kNewlineRun = kOneBlank + 3;
constexpr int kPunctuationRun = kOneBlank + 4;
constexpr int kPunctuationBehindDigits = kOneBlank + 5;
constexpr int kStates = kOneBlank + 6;

struct Step {
  std::uint16_t next = 0;
  std::uint16_t units = 0;
};

constexpr Step step_to(int next, int units) {
  return {static_cast<std::uint16_t>(next), static_cast<std::uint16_t>(units)};
}

constexpr Step letter_step(int state, bool upper) {
  const bool in_lower = state >= kLowerRun && state < kUpperRun;
  const bool in_upper = state >= kUpperRun && state < kDigitRun;
  const int first = upper ? kUpperRun : kLowerRun;
  if (in_upper || (in_lower && !upper)) {
    const int before = state - (in_upper ? kUpperRun : kLowerRun);
    return step_to(first + std::min(before + 1, kWordLetters), before + 1 >= kWordLetters ? kLetterOfLongWord : 0);
  }
  const bool behind_digit = state >= kDigitRun && state < kOneBlank;
  return step_to(first, kToken + (behind_digit ? kLetterMeetsDigit : 0));
}

constexpr Step step(int state, int kind) {
  const bool in_letters = state >= kLowerRun && state < kDigitRun;
  const bool in_digits = state >= kDigitRun && state < kOneBlank;
  switch (kind) {
    case kLower: return letter_step(state, false);
    case kUpper: return letter_step(state, true);
    case kDigit:
      if (in_digits) {
        const bool token_full = state + 1 == kOneBlank;
        return step_to(token_full ? kDigitRun : state + 1, token_full ? kToken : 0);
      }
      return step_to(kDigitRun, kToken + (in_letters ? kLetterMeetsDigit : 0) +
                                    (state == kOneBlankBehindDigits ? kDigitsAgain : 0) +
                                    (state == kPunctuationRun ? kPunctuationMeetsDigit : 0));
    case kBlank:
      if (state == kOneBlank || state == kOneBlankBehindDigits) return step_to(kBlankRun, kToken);
      if (state == kBlankRun) return step_to(kBlankRun, 0);
      return step_to(in_digits ? kOneBlankBehindDigits : kOneBlank, 0);
    case kNewlines: return step_to(kNewlineRun, state == kNewlineRun ? 0 : kNewline);
    default:
      if (state == kPunctuationRun || state == kPunctuationBehindDigits) return step_to(state, kMorePunctuation);
      return in_digits ? step_to(kPunctuationBehindDigits, kToken) : step_to(kPunctuationRun, kPunctuationMark);
  }
}

constexpr auto kSteps = [] {
  // Rows of a power of two are found by a shift.
  std::array<std::array<Step, std::bit_ceil<unsigned>(kKinds)>, kStates> steps{};
  for (int state = 0; state < kStates; ++state) {
    for (int kind = 0; kind < kKinds; ++kind) steps[state][kind] = step(state, kind);
  }
  return steps;
}();

constexpr auto kKindOf = [] {
  std::array<Kind, 128> kinds{};
  for (int c = 0; c < 128; ++c) {
    kinds[c] = c >= 'a' && c <= 'z'     ? kLower
               : c >= 'A' && c <= 'Z'   ? kUpper
               : c >= '0' && c <= '9'   ? kDigit
               : c == ' ' || c == '\t'  ? kBlank
               : c == '\n' || c == '\r' ? kNewlines
                                        : kPunctuation;
  }
  return kinds;
}();

// CJK, kana, Hangul, full-width forms; told by any code point of the same 64.
bool is_wide(int code_point) {
  return (code_point >= 0x1100 && code_point <= 0x11ff) || (code_point >= 0x2e80 && code_point <= 0x9fff) ||
         (code_point >= 0xa940 && code_point <= 0xa97f) || (code_point >= 0xac00 && code_point <= 0xd7ff) ||
         (code_point >= 0xf900 && code_point <= 0xfaff) || (code_point >= 0xff00 && code_point <= 0xffef);
}

int units_of_sequence(unsigned char lead, unsigned char second) {
  if (lead < 0xf0) return is_wide((lead & 0xf) << 12 | (second & 0x3f) << 6) ? kWide : kOther;
  return ((lead & 0x7) << 18 | (second & 0x3f) << 12) >= 0x1f000 ? kEmoji : kOther;
}

int hex_digit(unsigned char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  return ((byte | 0x20) - 'a' + 10) & 0xf;
}

}  // namespace

double TextTokenCounter::tokens() const { return static_cast<double>(units_) / kToken; }

void TextTokenCounter::feed(std::string_view text) {
  while (!text.empty()) {
    const std::size_t counted = count_ascii(text, kNoByte);
    if (counted < text.size()) count_beyond_ascii(static_cast<unsigned char>(text[counted]));
    text.remove_prefix(std::min(counted + 1, text.size()));
  }
}

void TextTokenCounter::feed_raw(std::string_view raw) {
  while (!raw.empty()) {
    const std::size_t counted = escape_left_ > 0 ? 0 : count_ascii(raw, '\\');
    if (counted < raw.size()) {
      const auto byte = static_cast<unsigned char>(raw[counted]);
      if (escape_left_ > 0 || byte == '\\') {
        count_escape(byte);
      } else {
        count_beyond_ascii(byte);
      }
    }
    raw.remove_prefix(std::min(counted + 1, raw.size()));
  }
}

void TextTokenCounter::end_text() {
  state_ = kNoRun;
  lead_ = 0;
  escape_left_ = 0;
}

std::size_t TextTokenCounter::count_ascii(std::string_view text, unsigned char stop) {
  std::size_t state = state_;
  std::int64_t units = 0;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x80 || byte == stop) break;
    const Step& step = kSteps[state][kKindOf[byte]];
    units += step.units;
    state = step.next;
  }
  state_ = static_cast<std::uint8_t>(state);
  units_ += units;
  return at;
}

void TextTokenCounter::count_ascii(char c) { count_ascii({&c, 1}, kNoByte); }

void TextTokenCounter::count_beyond_ascii(unsigned char byte) {
  state_ = kNoRun;
  if (byte >= 0xc0) {
    units_ += kOther;
    lead_ = byte >= 0xe0 ? byte : 0;
  } else if (lead_ != 0) {
    units_ += units_of_sequence(lead_, byte) - kOther;
    lead_ = 0;
  }
}

// An escape has a backslash, a letter, and four digits if that is a u.
void TextTokenCounter::count_escape(unsigned char byte) {
  constexpr std::uint8_t kLetter = 5;
  if (escape_left_ == 0) {
    escape_left_ = kLetter;
  } else if (escape_left_ < kLetter) {
    unit_ = static_cast<std::uint16_t>(unit_ << 4 | hex_digit(byte));
    if (--escape_left_ == 0) count_code_unit(unit_);
  } else if (byte == 'u') {
    unit_ = 0;
    --escape_left_;
  } else {
    escape_left_ = 0;
    switch (byte) {
      case 'n': case 'r': return count_ascii('\n');
      case 't': return count_ascii('\t');
      case 'b': case 'f': return count_ascii(' ');
      default: return count_ascii(static_cast<char>(byte));
    }
  }
}

void TextTokenCounter::count_code_unit(std::uint16_t unit) {
  if (unit < 0x80) return count_ascii(static_cast<char>(unit));
  state_ = kNoRun;
  constexpr std::uint16_t kHighOfEmoji = 0xd83c;
  const bool high = unit >= 0xd800 && unit <= 0xdbff;
  const bool low = unit >= 0xdc00 && unit <= 0xdfff;
  // A pair is counted at its first half.
  if (!low) units_ += high && unit >= kHighOfEmoji ? kEmoji : !high && is_wide(unit) ? kWide : kOther;
}

}  // namespace balancer::gateway

#include "gateway/dialect/token_count/text_tokens.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace balancer::gateway {
namespace {

constexpr std::size_t kShortWord = 7;
constexpr double kLettersPerToken = 6;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// CJK, kana, Hangul, full-width forms.
bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x11ff) || (c >= 0x2e80 && c <= 0x9fff) || (c >= 0xa960 && c <= 0xa97f) ||
         (c >= 0xac00 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0xff00 && c <= 0xffef) ||
         (c >= 0x20000 && c <= 0x3ffff);
}

// The code point that begins at `text`, and its size; malformed bytes count one by one.
char32_t decode(std::string_view text, std::size_t& size) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned lead = byte(0);
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  size = std::min(length, text.size());
  if (length == 1) return lead;
  char32_t code_point = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) code_point = code_point << 6 | (byte(i) & 0x3fU);
  return code_point;
}

}  // namespace

void TextTokenCounter::feed(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      count_ascii(text[i++]);
      continue;
    }
    std::size_t size = 1;
    count_code_point(decode(text.substr(i), size));
    i += size;
  }
}

void TextTokenCounter::feed_raw(std::string_view raw) {
  constexpr std::size_t kUnicodeEscape = 6;
  while (!raw.empty()) {
    const std::size_t escape = std::min(raw.find('\\'), raw.size());
    feed(raw.substr(0, escape));
    raw.remove_prefix(escape);
    if (raw.size() < 2) return;
    if (raw[1] == 'u') {
      std::uint16_t unit = 0;
      const std::string_view digits = raw.substr(2, std::min<std::size_t>(4, raw.size() - 2));
      std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
      // Half of a pair counts half of a code point beyond the basic plane.
      unit < 0x80 ? count_ascii(static_cast<char>(unit)) : count_code_point(unit);
      raw.remove_prefix(std::min(kUnicodeEscape, raw.size()));
      continue;
    }
    const char c = raw[1];
    count_ascii(c == 'n' || c == 'r' ? '\n' : c == 't' || c == 'f' || c == 'b' ? ' ' : c);
    raw.remove_prefix(2);
  }
}

void TextTokenCounter::end_text() {
  end_run(Kind::kNone);
  digits_before_blank_ = false;
}

void TextTokenCounter::count_ascii(char c) {
  const Kind kind = is_lower(c) || is_upper(c)       ? Kind::kLetters
                    : is_digit(c)                    ? Kind::kDigits
                    : c == ' ' || c == '\t'          ? Kind::kBlanks
                    : c == '\n' || c == '\r'         ? Kind::kNewlines
                                                     : Kind::kPunctuation;
  const bool new_word = kind == Kind::kLetters && kind_ == Kind::kLetters && last_lower_ && is_upper(c);
  if (kind != kind_ || new_word) end_run(kind);
  kind_ = kind;
  ++length_;
  last_lower_ = is_lower(c);
}

void TextTokenCounter::count_code_point(char32_t code_point) {
  end_run(Kind::kNone);
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  tokens_ += code_point >= 0x1f000 ? 2 : surrogate ? 1 : is_wide(code_point) ? 0.8 : 0.32;
}

void TextTokenCounter::end_run(Kind next) {
  tokens_ += open_run_tokens(static_cast<int>(next));
  const bool one_blank = kind_ == Kind::kBlanks && length_ == 1;
  // Numbers in a row share no tokens.
  if (one_blank && digits_before_blank_ && next == Kind::kDigits) tokens_ += 0.8;
  digits_before_blank_ = kind_ == Kind::kDigits && next == Kind::kBlanks;
  touches_digit_ = kind_ == Kind::kDigits && next == Kind::kPunctuation;
  kind_ = Kind::kNone;
  length_ = 0;
  last_lower_ = false;
}

double TextTokenCounter::open_run_tokens(int next) const {
  const auto length = static_cast<double>(length_);
  const Kind following = static_cast<Kind>(next);
  switch (kind_) {
    case Kind::kNone: return 0;
    case Kind::kLetters: {
      const double word = length_ <= kShortWord ? 1 : 1 + (length - kShortWord) / kLettersPerToken;
      return word + (following == Kind::kDigits ? 0.3 : 0);
    }
    case Kind::kDigits: return static_cast<double>((length_ + 2) / 3) + (following == Kind::kLetters ? 0.3 : 0);
    case Kind::kBlanks: return length_ == 1 ? 0 : 1;
    case Kind::kNewlines: return 0.5;
    case Kind::kPunctuation: {
      const bool by_digit = touches_digit_ || following == Kind::kDigits;
      return (by_digit ? 1 : 0.7) + 0.4 * (length - 1);
    }
  }
  return 0;
}

}  // namespace balancer::gateway

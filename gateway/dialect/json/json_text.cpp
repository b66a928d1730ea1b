#include "gateway/dialect/json/json_text.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace balancer::gateway {
namespace {

constexpr std::size_t kUnicodeEscapeSize = 6;

// The code unit of an escape "\uXXXX" that starts at `at`; nothing when none does.
std::optional<std::uint16_t> code_unit_at(std::string_view text, std::size_t at) {
  if (text.size() < at + kUnicodeEscapeSize || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
  std::uint16_t unit = 0;
  const char* const end = text.data() + at + kUnicodeEscapeSize;
  if (std::from_chars(text.data() + at + 2, end, unit, 16).ptr != end) return std::nullopt;
  return unit;
}

bool is_high_surrogate(std::uint16_t unit) { return unit >= 0xd800 && unit <= 0xdbff; }
bool is_low_surrogate(std::uint16_t unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

constexpr std::size_t kBlock = 64;

// Bit i: byte i of the block is a backslash.
std::uint64_t backslashes_in(const char* block) {
  std::uint64_t found = 0;
#ifdef __SSE2__
  const __m128i backslash = _mm_set1_epi8('\\');
  for (std::size_t at = 0; at < kBlock; at += sizeof(__m128i)) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + at));
    found |= std::uint64_t{static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, backslash)))} << at;
  }
#else
  for (std::size_t at = 0; at < kBlock; ++at) found |= std::uint64_t{block[at] == '\\'} << at;
#endif
  return found;
}

// The characters that a backslash and nothing else may precede. A table: a switch is mispredicted at each other letter.
constexpr auto kShortEscapes = [] {
  std::array<bool, 256> table{};
  for (const unsigned char c : std::string_view(R"("\/bfnrt)")) table[c] = true;
  return table;
}();

// Calls on_backslash(position) for each one; stops and returns false when that does.
template <class OnBackslash>
bool for_each_backslash(std::string_view text, OnBackslash&& on_backslash) {
  const auto in_block = [&](const char* block, std::size_t begin) {
    for (std::uint64_t found = backslashes_in(block); found != 0; found &= found - 1) {
      if (!on_backslash(begin + static_cast<std::size_t>(std::countr_zero(found)))) return false;
    }
    return true;
  };
  std::size_t begin = 0;
  for (; text.size() - begin >= kBlock; begin += kBlock) {
    if (!in_block(text.data() + begin, begin)) return false;
  }
  std::array<char, kBlock> last{};
  text.copy(last.data(), kBlock, begin);
  return in_block(last.data(), begin);
}

// Calls on_lone(position) for each surrogate escape without its partner; stops when that returns false.
template <class OnLone>
void for_each_lone_surrogate(std::string_view raw, OnLone&& on_lone) {
  for (std::size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', at)) {
    const std::optional<std::uint16_t> unit = code_unit_at(raw, at);
    if (!unit) {
      at += 2;
      continue;
    }
    const std::optional<std::uint16_t> next = code_unit_at(raw, at + kUnicodeEscapeSize);
    if (is_high_surrogate(*unit) && next && is_low_surrogate(*next)) {
      at += 2 * kUnicodeEscapeSize;
      continue;
    }
    if ((is_high_surrogate(*unit) || is_low_surrogate(*unit)) && !on_lone(at)) return;
    at += kUnicodeEscapeSize;
  }
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code_point < 0x80) {
    add(code_point);
  } else if (code_point < 0x800) {
    add(0xc0 | code_point >> 6);
    add(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    add(0xe0 | code_point >> 12);
    add(0x80 | (code_point >> 6 & 0x3f));
    add(0x80 | (code_point & 0x3f));
  } else {
    add(0xf0 | code_point >> 18);
    add(0x80 | (code_point >> 12 & 0x3f));
    add(0x80 | (code_point >> 6 & 0x3f));
    add(0x80 | (code_point & 0x3f));
  }
}

// Appends what the escape at `at` stands for; returns where it ends.
std::size_t append_escape_at(std::string& out, std::string_view raw, std::size_t at) {
  constexpr std::uint32_t kReplacement = 0xfffd;
  const std::optional<std::uint16_t> unit = code_unit_at(raw, at);
  if (!unit) {
    const char c = at + 1 < raw.size() ? raw[at + 1] : '\\';
    switch (c) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      default: out += c;
    }
    return at + 2;
  }
  if (is_high_surrogate(*unit)) {
    const std::optional<std::uint16_t> low = code_unit_at(raw, at + kUnicodeEscapeSize);
    if (low && is_low_surrogate(*low)) {
      append_utf8(out, 0x10000U + ((*unit & 0x3ffU) << 10) + (*low & 0x3ffU));
      return at + 2 * kUnicodeEscapeSize;
    }
  }
  append_utf8(out, is_high_surrogate(*unit) || is_low_surrogate(*unit) ? kReplacement : *unit);
  return at + kUnicodeEscapeSize;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

// How many raw bytes at the beginning stand for one white-space character; 0 for none.
std::size_t space_size_at_begin(std::string_view raw) {
  if (raw.empty()) return 0;
  if (raw.front() != '\\') return is_space(raw.front()) ? 1 : 0;
  if (raw.size() < 2) return 0;
  if (raw[1] == 'u') {
    const std::optional<std::uint16_t> unit = code_unit_at(raw, 0);
    return unit && *unit < 0x80 && is_space(static_cast<char>(*unit)) ? kUnicodeEscapeSize : 0;
  }
  return std::strchr("nrtf", raw[1]) != nullptr ? 2 : 0;
}

// The backslash at `at` begins an escape: it is not itself escaped.
bool begins_escape(std::string_view raw, std::size_t at) {
  std::size_t before = at;
  while (before > 0 && raw[before - 1] == '\\') --before;
  return (at - before) % 2 == 0;
}

std::size_t space_size_at_end(std::string_view raw) {
  if (raw.empty()) return 0;
  if (is_space(raw.back())) return 1;
  for (const std::size_t size : {std::size_t{2}, kUnicodeEscapeSize}) {
    if (raw.size() < size) break;
    const std::size_t at = raw.size() - size;
    if (raw[at] == '\\' && begins_escape(raw, at) && space_size_at_begin(raw.substr(at)) == size) return size;
  }
  return 0;
}

}  // namespace

Escapes check_escapes(std::string_view text) {
  bool lone_surrogate = false;
  std::size_t checked = 0;
  const auto check = [&](std::size_t at) {
    // The second half of an escape that has been looked at.
    if (at < checked) return true;
    const char escaped = at + 1 < text.size() ? text[at + 1] : '\0';
    if (kShortEscapes[static_cast<unsigned char>(escaped)]) {
      checked = at + 2;
      return true;
    }
    const std::optional<std::uint16_t> unit = code_unit_at(text, at);
    if (!unit) return false;
    checked = at + kUnicodeEscapeSize;
    if (!is_high_surrogate(*unit) && !is_low_surrogate(*unit)) return true;
    const std::optional<std::uint16_t> partner = code_unit_at(text, checked);
    if (is_high_surrogate(*unit) && partner && is_low_surrogate(*partner)) {
      checked += kUnicodeEscapeSize;
    } else {
      lone_surrogate = true;
    }
    return true;
  };
  if (!for_each_backslash(text, check)) return Escapes::kInvalid;
  return lone_surrogate ? Escapes::kLoneSurrogate : Escapes::kValid;
}

bool has_lone_surrogate(std::string_view raw) {
  bool found = false;
  for_each_lone_surrogate(raw, [&](std::size_t) {
    found = true;
    return false;
  });
  return found;
}

void repair_lone_surrogates(std::span<char> raw) {
  const std::string_view text(raw.data(), raw.size());
  for_each_lone_surrogate(text, [&](std::size_t at) {
    std::memcpy(raw.data() + at + 2, "fffd", 4);
    return true;
  });
}

void append_decoded(std::string& out, std::string_view raw) {
  std::size_t at = 0;
  while (at < raw.size()) {
    const std::size_t escape_at = raw.find('\\', at);
    out += raw.substr(at, escape_at - at);
    if (escape_at == std::string_view::npos) return;
    at = append_escape_at(out, raw, escape_at);
  }
}

std::string decode_raw(std::string_view raw) {
  std::string text;
  text.reserve(raw.size());
  append_decoded(text, raw);
  return text;
}

Result<std::string> decode_json_string(std::string_view quoted) {
  const auto fails = [](const char* why) { return Error{ErrorCode::kInvalidRequest, why, {}}; };
  if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"') return fails("not a string");
  const std::string_view raw = quoted.substr(1, quoted.size() - 2);
  if (check_escapes(raw) == Escapes::kInvalid) return fails("malformed string escape");
  return decode_raw(raw);
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out += text.substr(copied, i - copied);
    copied = i + 1;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        out += "\\u00";
        out += kHex[c >> 4];
        out += kHex[c & 0xf];
    }
  }
  out += text.substr(copied);
}

std::string escape(std::string_view text) {
  std::string raw;
  raw.reserve(text.size() + text.size() / 16);
  append_escaped(raw, text);
  return raw;
}

bool is_blank(std::string_view raw) {
  while (!raw.empty()) {
    const std::size_t size = space_size_at_begin(raw);
    if (size == 0) return false;
    raw.remove_prefix(size);
  }
  return true;
}

bool begins_with_space(std::string_view raw) { return space_size_at_begin(raw) > 0; }
bool ends_with_space(std::string_view raw) { return space_size_at_end(raw) > 0; }

std::string_view without_trailing_space(std::string_view raw) {
  while (const std::size_t size = space_size_at_end(raw)) raw.remove_suffix(size);
  return raw;
}

bool says_in_escapes(std::string_view raw, std::string_view text) {
  return raw.find('\\') != std::string_view::npos && decode_raw(raw) == text;
}

}  // namespace balancer::gateway

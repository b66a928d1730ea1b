// The text of JSON strings. "Raw" text is what stands between the quotes, escapes as they stand, all of them valid:
// copied as it is, it is valid inside the quotes of another document. Conversions copy raw text and decode only what
// they must understand.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/error/error.hpp"

namespace balancer::gateway {

enum class Escapes {
  // One of them is none of RFC 8259 section 7.
  kInvalid,
  kValid,
  // Valid, but for some reader's taste: a surrogate stands without its partner.
  kLoneSurrogate,
};
// Of raw text, or of a whole JSON text at once: it can have them in its strings alone.
[[nodiscard]] Escapes check_escapes(std::string_view text);

// A surrogate escape without its partner: valid JSON that many readers refuse.
[[nodiscard]] bool has_lone_surrogate(std::string_view raw);
// Spells each as \ufffd, in place; the size stays.
void repair_lone_surrogates(std::span<char> raw);

// Escapes resolved; a lone surrogate becomes U+FFFD.
void append_decoded(std::string& out, std::string_view raw);
[[nodiscard]] std::string decode_raw(std::string_view raw);
// Of a whole string with its quotes. Fails on anything else.
[[nodiscard]] Result<std::string> decode_json_string(std::string_view quoted);

// Turns UTF-8 text into raw text.
void append_escaped(std::string& out, std::string_view text);
[[nodiscard]] std::string escape(std::string_view text);

// Nothing but white space.
[[nodiscard]] bool is_blank(std::string_view raw);
[[nodiscard]] bool begins_with_space(std::string_view raw);
[[nodiscard]] bool ends_with_space(std::string_view raw);
// Without the white space at its end.
[[nodiscard]] std::string_view without_trailing_space(std::string_view raw);
// Whether the raw text says `text`, which is ASCII, needs no escapes and is not empty.
[[nodiscard]] bool says_in_escapes(std::string_view raw, std::string_view text);
[[nodiscard]] inline bool says(std::string_view raw, std::string_view text) {
  // Escapes are longer than what they stand for: of equal length, only the same bytes say the same.
  if (raw.size() < text.size()) return false;
  if (raw.size() == text.size()) return raw.front() == text.front() && raw == text;
  return (raw.front() == text.front() || raw.front() == '\\') && says_in_escapes(raw, text);
}

}  // namespace balancer::gateway

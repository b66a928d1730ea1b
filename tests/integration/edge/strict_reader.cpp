#include "tests/integration/edge/strict_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/text/ascii.hpp"

namespace balancer::integration {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') ||
           kTokenMarks.find(c) != std::string_view::npos;
  });
}

bool is_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

std::optional<std::uint64_t> number(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, value, base);
  if (error != std::errc() || at != end || digits.empty() || digits.front() == '-') return std::nullopt;
  return value;
}

// Takes a line with its end; nothing if there is none. A CR or LF elsewhere is left in it, and is no text.
std::optional<std::string_view> take_line(std::string_view& bytes) {
  const std::size_t end = bytes.find(kLineEnd);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end + kLineEnd.size());
  return line;
}

struct Framing {
  std::vector<std::string_view> hosts;
  std::vector<std::string_view> lengths;
  std::vector<std::string_view> codings;
  bool close = false;
};

// Up to and with the empty line.
bool take_fields(std::string_view& bytes, Framing& framing) {
  while (true) {
    const auto line = take_line(bytes);
    if (!line || !is_text(*line)) return false;
    if (line->empty()) return true;
    const std::size_t colon = line->find(':');
    if (colon == std::string_view::npos || !is_token(line->substr(0, colon))) return false;
    const std::string_view name = line->substr(0, colon);
    const std::string_view value = trim_blanks(line->substr(colon + 1));
    if (ascii_iequal(name, "host")) framing.hosts.push_back(value);
    if (ascii_iequal(name, "content-length")) framing.lengths.push_back(value);
    if (ascii_iequal(name, "transfer-encoding")) framing.codings.push_back(value);
    if (ascii_iequal(name, "connection")) framing.close = framing.close || ascii_lower(value).find("close") != std::string::npos;
  }
}

std::optional<std::string> take_chunks(std::string_view& bytes) {
  std::string body;
  while (true) {
    const auto line = take_line(bytes);
    if (!line || !is_text(*line)) return std::nullopt;
    // Blanks before an extension are allowed, if bad (section 7.1.1).
    const std::size_t semicolon = line->find(';');
    std::string_view digits = line->substr(0, semicolon);
    while (semicolon != std::string_view::npos && (digits.ends_with(' ') || digits.ends_with('\t'))) digits.remove_suffix(1);
    const auto size = number(digits, 16);
    if (!size) return std::nullopt;
    if (*size == 0) break;
    if (bytes.size() < *size || bytes.substr(*size, kLineEnd.size()) != kLineEnd) return std::nullopt;
    body += bytes.substr(0, *size);
    bytes.remove_prefix(*size + kLineEnd.size());
  }
  Framing trailer;
  if (!take_fields(bytes, trailer)) return std::nullopt;
  return body;
}

std::optional<std::string> take_body(std::string_view& bytes, const Framing& framing, bool http10) {
  if (!framing.codings.empty()) {
    const bool plain = framing.codings.size() == 1 && ascii_iequal(framing.codings.front(), "chunked");
    if (!plain || !framing.lengths.empty() || http10) return std::nullopt;
    return take_chunks(bytes);
  }
  if (framing.lengths.empty()) return std::string();
  const auto length = framing.lengths.size() == 1 ? number(framing.lengths.front(), 10) : std::nullopt;
  if (!length || bytes.size() < *length) return std::nullopt;
  std::string body(bytes.substr(0, *length));
  bytes.remove_prefix(*length);
  return body;
}

bool is_request_line(std::string_view line) {
  if (!is_text(line) || std::count(line.begin(), line.end(), ' ') != 2) return false;
  const std::size_t first = line.find(' ');
  const std::size_t second = line.rfind(' ');
  const std::string_view version = line.substr(second + 1);
  return is_token(line.substr(0, first)) && second > first + 1 && line.find('\t') == std::string_view::npos &&
         (version == "HTTP/1.1" || version == "HTTP/1.0");
}

}  // namespace

std::vector<std::string> strictly_read_bodies(std::string_view bytes) {
  std::vector<std::string> bodies;
  while (true) {
    const auto line = take_line(bytes);
    if (!line || !is_request_line(*line)) return bodies;
    const bool http10 = line->ends_with("1.0");
    Framing framing;
    if (!take_fields(bytes, framing)) return bodies;
    if (framing.hosts.size() > 1 || (framing.hosts.empty() && !http10)) return bodies;
    auto body = take_body(bytes, framing, http10);
    if (!body) return bodies;
    bodies.push_back(std::move(*body));
    if (framing.close) return bodies;
  }
}

}  // namespace balancer::integration

#include "gateway/dialect/json/json_document.hpp"

#include <array>
#include <charconv>
#include <cstring>

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::size_t kPadding = 64;
constexpr std::size_t kKeptMarks = 512 * 1024;
constexpr std::size_t kKeptBytes = 2 * 1024 * 1024;

Error refused(const char* why) { return {ErrorCode::kInvalidRequest, why, {}}; }

std::size_t digits_end(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

// RFC 8259 section 6, of any size.
bool is_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  std::size_t end = digits_end(text, at);
  if (end == at || (text[at] == '0' && end > at + 1)) return false;
  at = end;
  if (at < text.size() && text[at] == '.') {
    end = digits_end(text, at + 1);
    if (end == at + 1) return false;
    at = end;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    end = digits_end(text, at);
    if (end == at) return false;
    at = end;
  }
  return at == text.size();
}

}  // namespace

void JsonDocument::release_if_large() {
  finder_.release_if_large();
  marks_ = {};
  if (closing_.capacity() > kKeptMarks) std::vector<std::uint32_t>().swap(closing_);
  if (copy_.capacity() > kKeptBytes) std::vector<char>().swap(copy_);
}

Result<JsonValue> JsonDocument::read_copy(std::string_view text) {
  copy_.resize(text.size() + kPadding);
  if (!text.empty()) std::memcpy(copy_.data(), text.data(), text.size());
  return read({copy_.data(), text.size()});
}

Result<JsonValue> JsonDocument::read(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text_ = text;
  too_deep_ = false;
  switch (finder_.find(text)) {
    case JsonMarksProblem::kNone: break;
    case JsonMarksProblem::kEmpty: return refused("the body is empty");
    case JsonMarksProblem::kNotUtf8: return refused("the body is not valid UTF-8");
    case JsonMarksProblem::kNotJson: return refused("the body is not valid JSON");
    case JsonMarksProblem::kOutOfMemory: return Error{ErrorCode::kInternal, "out of memory", {}};
  }
  marks_ = finder_.marks();
  if (closing_.size() < marks_.size()) closing_.resize(marks_.size());
  if (!check_structure()) return refused(too_deep_ ? "the body is nested too deeply" : "the body is not valid JSON");
  const Escapes escapes = check_escapes(text);
  if (escapes == Escapes::kInvalid) return refused("the body is not valid JSON");
  has_lone_surrogates_ = escapes == Escapes::kLoneSurrogate;
  return JsonValue(this, 0);
}

bool JsonDocument::check_structure() {
  enum class Expect { kValue, kValueOrEnd, kKeyOrEnd, kKey, kColon, kCommaOrEnd, kNothing };
  std::array<std::uint32_t, kMaxDepth> open;
  std::size_t depth = 0;
  Expect expect = Expect::kValue;
  const auto close = [&](std::uint32_t mark) {
    closing_[open[--depth]] = mark;
    expect = depth == 0 ? Expect::kNothing : Expect::kCommaOrEnd;
  };
  const auto in_object = [&] { return text_[marks_[open[depth - 1]]] == '{'; };

  for (std::uint32_t mark = 0; mark < marks_.size(); ++mark) {
    const char c = text_[marks_[mark]];
    switch (expect) {
      case Expect::kValueOrEnd:
        if (c == ']') {
          close(mark);
          break;
        }
        [[fallthrough]];
      case Expect::kValue:
        if (c == '{' || c == '[') {
          if (depth == kMaxDepth) return !(too_deep_ = true);
          open[depth++] = mark;
          expect = c == '{' ? Expect::kKeyOrEnd : Expect::kValueOrEnd;
        } else {
          if (!check_scalar(mark)) return false;
          expect = depth == 0 ? Expect::kNothing : Expect::kCommaOrEnd;
        }
        break;
      case Expect::kKeyOrEnd:
        if (c == '}') {
          close(mark);
          break;
        }
        [[fallthrough]];
      case Expect::kKey:
        if (c != '"' || !check_scalar(mark)) return false;
        expect = Expect::kColon;
        break;
      case Expect::kColon:
        if (c != ':') return false;
        expect = Expect::kValue;
        break;
      case Expect::kCommaOrEnd:
        if (c == ',') {
          expect = in_object() ? Expect::kKey : Expect::kValue;
        } else if (c == (in_object() ? '}' : ']')) {
          close(mark);
        } else {
          return false;
        }
        break;
      case Expect::kNothing:
        return false;
    }
  }
  return expect == Expect::kNothing;
}

bool JsonDocument::check_scalar(std::uint32_t mark) {
  const std::string_view token = token_at(mark);
  switch (token.front()) {
    case '"': return token.size() >= 2 && token.back() == '"';
    case 't': return token == "true";
    case 'f': return token == "false";
    case 'n': return token == "null";
    default: return is_number(token);
  }
}

std::string JsonValue::decoded_text() const { return decode_raw(text()); }

std::optional<std::int64_t> JsonValue::whole_number() const {
  if (kind() != JsonKind::kNumber) return std::nullopt;
  const std::string_view token = raw();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
  if (error == std::errc() && end == token.data() + token.size()) return number;
  double real = 0;
  if (std::from_chars(token.data(), token.data() + token.size(), real).ec != std::errc()) return std::nullopt;
  constexpr double kLimit = 9e18;
  if (!(real > -kLimit && real < kLimit)) return std::nullopt;
  return static_cast<std::int64_t>(real);
}

bool JsonValue::empty() const {
  if (is_string()) return text().empty();
  return (!is_object() && !is_array()) || document_->closing_[mark_] == mark_ + 1;
}

}  // namespace balancer::gateway

#include "gateway/dialect/json_object_scanner.hpp"

#include <simdjson.h>

#include <bitset>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

namespace balancer::gateway {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
// Bigger structure tables are given back after use.
constexpr std::size_t kKeptCapacity = 2 * 1024 * 1024;

Error not_json(std::string message) { return {ErrorCode::kInvalidRequest, std::move(message), {}}; }

bool is_json_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Where a value that starts at `begin` ends, `next` being the mark behind it.
std::size_t trimmed_end(std::string_view text, std::size_t next) {
  while (next > 0 && is_json_space(text[next - 1])) --next;
  return next;
}

// The code unit of an escape "\uXXXX" that starts at `at`; nothing when none does.
std::optional<std::uint16_t> code_unit_at(std::string_view text, std::size_t at) {
  if (text.size() < at + 6 || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
  std::uint16_t unit = 0;
  const char* const end = text.data() + at + 6;
  if (std::from_chars(text.data() + at + 2, end, unit, 16).ptr != end) return std::nullopt;
  return unit;
}

bool is_high_surrogate(std::uint16_t unit) { return unit >= 0xd800 && unit <= 0xdbff; }
bool is_low_surrogate(std::uint16_t unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

// Spells surrogates without a partner as U+FFFD: simdjson refuses them.
void replace_lone_surrogates(std::string& quoted) {
  for (std::size_t at = quoted.find('\\'); at != std::string::npos; at = quoted.find('\\', at)) {
    const std::optional<std::uint16_t> unit = code_unit_at(quoted, at);
    if (!unit) {
      at += 2;
      continue;
    }
    const std::optional<std::uint16_t> next = code_unit_at(quoted, at + 6);
    if (is_high_surrogate(*unit) && next && is_low_surrogate(*next)) {
      at += 12;
      continue;
    }
    if (is_high_surrogate(*unit) || is_low_surrogate(*unit)) quoted.replace(at + 2, 4, "fffd");
    at += 6;
  }
}

}  // namespace

struct JsonObjectScanner::Marks {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
  std::size_t capacity = 0;
};

JsonObjectScanner::JsonObjectScanner() : marks_(std::make_unique<Marks>()) { members_.reserve(32); }
JsonObjectScanner::~JsonObjectScanner() = default;

Result<std::span<const JsonMember>> JsonObjectScanner::scan(std::string_view text) {
  members_.clear();
  const std::size_t skipped = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::string_view json = text.substr(skipped);
  if (json.empty()) return not_json("the request body is empty");

  if (!marks_->parser || marks_->capacity < json.size()) {
    marks_->parser.reset();
    const std::size_t capacity = std::max<std::size_t>(json.size(), 64 * 1024);
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, /*max_depth=*/1,
                                                                                marks_->parser)) {
      return Error{ErrorCode::kInternal, "out of memory", {}};
    }
    marks_->capacity = capacity;
  }
  simdjson::internal::dom_parser_implementation& parser = *marks_->parser;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(json.data());
  const simdjson::error_code error = parser.stage1(bytes, json.size(), simdjson::stage1_mode::regular);
  if (error == simdjson::UTF8_ERROR) return not_json("the request body is not valid UTF-8");
  if (error) return not_json("the request body is not valid JSON");

  const std::uint32_t* const marks = parser.structural_indexes.get();
  const std::size_t count = parser.n_structural_indexes;
  if (json[marks[0]] != '{') return not_json("the request body is not a JSON object");

  // Kinds of the open brackets, outermost first: true for an object.
  std::bitset<kMaxDepth> objects;
  objects[0] = true;
  std::size_t depth = 1;
  std::size_t i = 1;
  enum class Expect { kKeyOrEnd, kKey, kColon, kValue, kCommaOrEnd, kNothing } expect = Expect::kKeyOrEnd;
  JsonMember member;
  const auto malformed = [] { return not_json("the request body is not valid JSON"); };

  for (; i < count; ++i) {
    const std::size_t at = marks[i];
    const char c = json[at];
    if (depth > 1) {
      // Inside a nested value only the brackets count.
      if (c == '{' || c == '[') {
        if (depth == kMaxDepth) return not_json("the request body is nested too deeply");
        objects[depth++] = c == '{';
      } else if (c == '}' || c == ']') {
        if (objects[--depth] != (c == '}')) return malformed();
        if (depth == 1) {
          member.value_end = skipped + at + 1;
          members_.push_back(member);
          expect = Expect::kCommaOrEnd;
        }
      }
      continue;
    }
    switch (expect) {
      case Expect::kKeyOrEnd:
      case Expect::kKey: {
        if (c == '}' && expect == Expect::kKeyOrEnd) {
          expect = Expect::kNothing;
          break;
        }
        if (c != '"' || i + 1 >= count) return malformed();
        const std::size_t end = trimmed_end(json, marks[i + 1]);
        if (end < at + 2 || json[end - 1] != '"') return malformed();
        member.key_begin = skipped + at;
        member.raw_key = json.substr(at + 1, end - at - 2);
        expect = Expect::kColon;
        break;
      }
      case Expect::kColon:
        if (c != ':') return malformed();
        expect = Expect::kValue;
        break;
      case Expect::kValue:
        if (c == ',' || c == ':' || c == '}' || c == ']') return malformed();
        member.value_begin = skipped + at;
        if (c == '{' || c == '[') {
          objects[depth++] = c == '{';
          break;
        }
        if (i + 1 >= count) return malformed();
        member.value_end = skipped + trimmed_end(json, marks[i + 1]);
        members_.push_back(member);
        expect = Expect::kCommaOrEnd;
        break;
      case Expect::kCommaOrEnd:
        if (c == ',') {
          expect = Expect::kKey;
        } else if (c == '}') {
          expect = Expect::kNothing;
        } else {
          return malformed();
        }
        break;
      case Expect::kNothing:
        return malformed();
    }
  }
  if (marks_->capacity > kKeptCapacity) {
    marks_->parser.reset();
    marks_->capacity = 0;
  }
  if (expect != Expect::kNothing || depth != 1) return malformed();
  return std::span<const JsonMember>(members_);
}

Result<std::string> decode_json_string(std::string_view quoted) {
  if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"') return not_json("not a string");
  const std::string_view inside = quoted.substr(1, quoted.size() - 2);
  if (inside.find('\\') == std::string_view::npos) return std::string(inside);
  simdjson::ondemand::parser parser;
  std::string paired(quoted);
  replace_lone_surrogates(paired);
  const simdjson::padded_string padded(paired);
  auto document = parser.iterate(padded);
  std::string_view decoded;
  if (document.get_string().get(decoded) != simdjson::SUCCESS) return not_json("malformed string escape");
  return std::string(decoded);
}

}  // namespace balancer::gateway

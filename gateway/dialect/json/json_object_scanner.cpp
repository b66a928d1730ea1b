#include "gateway/dialect/json/json_object_scanner.hpp"

#include <bitset>
#include <cstdint>
#include <string>

namespace balancer::gateway {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

Error not_json(std::string message) { return {ErrorCode::kInvalidRequest, std::move(message), {}}; }

// Where a value that starts at `begin` ends, `next` being the mark behind it.
std::size_t trimmed_end(std::string_view text, std::size_t next) {
  while (next > 0 && is_json_space(text[next - 1])) --next;
  return next;
}

}  // namespace

JsonObjectScanner::JsonObjectScanner() { members_.reserve(32); }

Result<std::span<const JsonMember>> JsonObjectScanner::scan(std::string_view text) {
  members_.clear();
  scanned_ = {};
  const std::size_t skipped = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::string_view json = text.substr(skipped);
  switch (document_.find_marks(json)) {
    case JsonMarksProblem::kNone: break;
    case JsonMarksProblem::kEmpty: return not_json("the request body is empty");
    case JsonMarksProblem::kNotUtf8: return not_json("the request body is not valid UTF-8");
    case JsonMarksProblem::kNotJson: return not_json("the request body is not valid JSON");
    case JsonMarksProblem::kOutOfMemory: return Error{ErrorCode::kInternal, "out of memory", {}};
  }
  if (json[document_.marks()[0]] != '{') return not_json("the request body is not a JSON object");
  root_ = document_.check_marked();
  if (!root_) {
    const auto members = scan_loosely(json, skipped);
    document_.release_if_large();
    return members;
  }
  note_members(text, root_);
  if (!document_.release_if_large()) scanned_ = text;
  return std::span<const JsonMember>(members_);
}

JsonValue JsonObjectScanner::scanned(std::string_view text) const {
  const bool is_same = !text.empty() && text.data() == scanned_.data() && text.size() == scanned_.size();
  return is_same ? root_ : JsonValue();
}

void JsonObjectScanner::note_members(std::string_view text, JsonValue object) {
  for (const JsonField field : object.fields()) {
    const std::string_view value = field.value.raw();
    const auto value_begin = static_cast<std::size_t>(value.data() - text.data());
    members_.push_back({.key_begin = static_cast<std::size_t>(field.raw_key.data() - text.data()) - 1,
                        .value_begin = value_begin,
                        .value_end = value_begin + value.size(),
                        .raw_key = field.raw_key});
  }
}

Result<std::span<const JsonMember>> JsonObjectScanner::scan_loosely(std::string_view json, std::size_t skipped) {
  const std::span<const std::uint32_t> marks = document_.marks();
  const std::size_t count = marks.size();
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
  if (expect != Expect::kNothing || depth != 1) return malformed();
  return std::span<const JsonMember>(members_);
}

}  // namespace balancer::gateway

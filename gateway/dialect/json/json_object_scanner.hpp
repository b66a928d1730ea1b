// Finds the members of a JSON object without building anything: simdjson's first stage marks the structure, one walk
// over the marks checks nesting and notes where the top-level members stand. Whoever wants to know more of the same text
// walks the same marks.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "common/error/error.hpp"
#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

// Offsets into the scanned text.
struct JsonMember {
  // Of the key's opening quote.
  std::size_t key_begin = 0;
  // Of the value, without surrounding white space.
  std::size_t value_begin = 0;
  std::size_t value_end = 0;
  // Between the quotes, escapes as they stand; into the text.
  std::string_view raw_key;
};

// Reusable; keeps its memory between scans. One a thread.
class JsonObjectScanner {
 public:
  // Open brackets at one place; the object's own is the first.
  static constexpr std::size_t kMaxDepth = 200;

  JsonObjectScanner();

  // `text` is followed by at least 64 readable bytes. A byte order mark is skipped. Refuses what is not UTF-8, not an
  // object, unbalanced or nested deeper than kMaxDepth; what stands inside nested values is otherwise left to the
  // provider. The members are valid until the next scan and as long as the text.
  [[nodiscard]] Result<std::span<const JsonMember>> scan(std::string_view text);

  // The text that was scanned last, as JsonDocument::check_marked() has it: valid until the next scan. Absent when
  // `text` is another one, is no strict JSON, or is unusually large: then whoever needs it reads it anew. The bytes of a
  // text do not change after its scan.
  [[nodiscard]] JsonValue scanned(std::string_view text) const;

 private:
  void note_members(std::string_view text, JsonValue object);
  // Of marked JSON that check_marked() refuses and a provider may not. `skipped` bytes stand before it.
  [[nodiscard]] Result<std::span<const JsonMember>> scan_loosely(std::string_view json, std::size_t skipped);

  JsonDocument document_;
  std::vector<JsonMember> members_;
  std::string_view scanned_;
  JsonValue root_;
};

}  // namespace balancer::gateway

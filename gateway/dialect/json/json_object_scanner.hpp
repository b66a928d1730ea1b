// Finds the members of a JSON object without building anything: simdjson's first stage marks the structure, one walk
// over the marks checks nesting and notes where the top-level members stand.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "common/error/error.hpp"
#include "gateway/dialect/json/json_marks.hpp"

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

 private:
  JsonMarks finder_;
  std::vector<JsonMember> members_;
};

}  // namespace balancer::gateway

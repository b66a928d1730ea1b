// Where the structure of a JSON text stands: simdjson's first stage, which also checks UTF-8 and that strings hold no
// bare control characters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace balancer::gateway {

[[nodiscard]] constexpr bool is_json_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

enum class JsonMarksProblem { kNone, kEmpty, kNotUtf8, kNotJson, kOutOfMemory };

// Reusable; keeps its memory between texts up to a bound.
class JsonMarks {
 public:
  JsonMarks();
  ~JsonMarks();
  JsonMarks(const JsonMarks&) = delete;
  JsonMarks& operator=(const JsonMarks&) = delete;

  // `text` is followed by at least 64 readable bytes.
  [[nodiscard]] JsonMarksProblem find(std::string_view text);

  // Offsets of brackets, colons, commas, opening quotes, and first bytes of other scalars, in order. Valid until the
  // next find() or release().
  [[nodiscard]] std::span<const std::uint32_t> marks() const { return marks_; }

  // Gives the memory of an unusually large text back, with its marks: true when it did.
  bool release_if_large();

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  std::span<const std::uint32_t> marks_;
};

}  // namespace balancer::gateway

// The tool calls of an answer while their pieces come in, in whichever of the many ways servers cut and number them
// (protocol.md 4.4 rules 6 to 9).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "gateway/dialect/json/json_balance.hpp"
#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

struct ToolCallSlot {
  std::optional<std::int64_t> index;
  // The provider's; empty while it gave none.
  std::string id;
  std::string name;
  // Arguments that were not taken yet; decoded.
  std::string pending;
  JsonBalance balance;
  // Of all arguments so far, to recognise servers that send them once more in the end.
  std::size_t argument_bytes = 0;
  std::uint64_t argument_hash = 0;
  // "{}" and nothing else so far: either all there is, or a placeholder.
  bool bare_object = false;
  // First half of a surrogate pair, raw; its other half comes with the next piece.
  std::string half_pair;
  bool opened = false;
  bool closed = false;

  [[nodiscard]] bool has_arguments() const { return argument_bytes > 0 || bare_object; }
  [[nodiscard]] bool complete() const { return bare_object || balance.complete(); }
};

class ToolCallSlots {
 public:
  // `offered`: names that the provider was told; outlives the slots.
  explicit ToolCallSlots(const std::unordered_set<std::string>& offered) : offered_(offered) {}

  // One element of a delta's "tool_calls": a piece of a call.
  void add(JsonValue entry);
  // One element of a message's "tool_calls": a whole call.
  void add_whole(JsonValue entry);
  // "function_call", the older form.
  void add_function_call(JsonValue call);

  // In the order in which they appeared; references stay valid.
  [[nodiscard]] std::deque<ToolCallSlot>& all() { return slots_; }
  [[nodiscard]] const std::deque<ToolCallSlot>& all() const { return slots_; }
  // Grows with whatever is told of the calls.
  [[nodiscard]] std::size_t told_bytes() const;
  // Bytes of arguments that wait.
  [[nodiscard]] std::size_t pending_bytes() const;

 private:
  struct Piece {
    std::string id;
    std::optional<std::int64_t> index;
    std::string name;
    JsonValue arguments;
    // Of a tool that takes free text: it becomes the one member of an object.
    JsonValue free_text;
  };
  void add(const Piece& piece);
  static Piece read_piece(JsonValue entry);
  void take(const Piece& piece, ToolCallSlot& slot) const;
  [[nodiscard]] ToolCallSlot* find(const Piece& piece);
  ToolCallSlot& open_slot(const Piece& piece);
  void take_name(ToolCallSlot& slot, const std::string& piece) const;
  static void take_arguments(ToolCallSlot& slot, JsonValue arguments);
  static void append_arguments(ToolCallSlot& slot, std::string_view text);

  const std::unordered_set<std::string>& offered_;
  std::deque<ToolCallSlot> slots_;
};

}  // namespace balancer::gateway

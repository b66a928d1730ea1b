#include "gateway/dialect/openai_response/tool_call_slots.hpp"

#include <algorithm>
#include <utility>

#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/openai_response/split_surrogates.hpp"

namespace balancer::gateway {
namespace {

constexpr std::string_view kBareObject = "{}";

// FNV-1a: the pieces' hash is the whole's.
std::uint64_t add_to_hash(std::uint64_t hash, std::string_view text) {
  constexpr std::uint64_t kOffset = 14695981039346656037U;
  constexpr std::uint64_t kPrime = 1099511628211U;
  if (hash == 0) hash = kOffset;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return hash;
}

bool is_space(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

}  // namespace

ToolCallSlots::Piece ToolCallSlots::read_piece(JsonValue entry) {
  const JsonValue custom = entry["custom"];
  const JsonValue function = custom.is_object() ? custom : entry["function"];
  return {.id = entry["id"].decoded_text(),
          .index = entry["index"].whole_number(),
          .name = function["name"].decoded_text(),
          .arguments = function["arguments"],
          .free_text = custom["input"]};
}

void ToolCallSlots::add(JsonValue entry) { add(read_piece(entry)); }

void ToolCallSlots::add_whole(JsonValue entry) {
  const Piece piece = read_piece(entry);
  take(piece, open_slot(piece));
}

void ToolCallSlots::add_function_call(JsonValue call) {
  add({.id = {}, .index = 0, .name = call["name"].decoded_text(), .arguments = call["arguments"], .free_text = {}});
}

void ToolCallSlots::add(const Piece& piece) {
  ToolCallSlot* slot = find(piece);
  if (slot == nullptr && (!piece.name.empty() || !piece.id.empty() || piece.index)) slot = &open_slot(piece);
  // A closed one takes nothing more.
  if (slot != nullptr && !slot->closed) take(piece, *slot);
}

void ToolCallSlots::take(const Piece& piece, ToolCallSlot& slot) const {
  if (slot.id.empty()) slot.id = piece.id;
  take_name(slot, piece.name);
  take_arguments(slot, piece.arguments);
  if (piece.free_text.is_string()) append_arguments(slot, R"({"input":)" + std::string(piece.free_text.raw()) + "}");
}

ToolCallSlot* ToolCallSlots::find(const Piece& piece) {
  const auto last_with_index = [&]() -> ToolCallSlot* {
    const auto found = std::find_if(slots_.rbegin(), slots_.rend(), [&](const auto& s) { return s.index == piece.index; });
    return found == slots_.rend() ? nullptr : &*found;
  };
  if (!piece.id.empty()) {
    for (ToolCallSlot& slot : slots_) {
      if (slot.id == piece.id) return &slot;
    }
    ToolCallSlot* const slot = piece.index ? last_with_index() : nullptr;
    if (slot == nullptr || slot->id.empty()) return slot;
    // Servers that number every call 0, against servers that name every piece anew.
    return !piece.name.empty() || slot->complete() ? nullptr : slot;
  }
  if (piece.index) {
    ToolCallSlot* const slot = last_with_index();
    const bool next_call = slot != nullptr && !piece.name.empty() && slot->has_arguments() && slot->complete();
    return next_call ? nullptr : slot;
  }
  if (slots_.empty()) return nullptr;
  ToolCallSlot& last = slots_.back();
  const bool next_call = !piece.name.empty() && (last.complete() || piece.name != last.name);
  return next_call ? nullptr : &last;
}

ToolCallSlot& ToolCallSlots::open_slot(const Piece& piece) {
  ToolCallSlot& slot = slots_.emplace_back();
  slot.index = piece.index;
  slot.id = piece.id;
  return slot;
}

void ToolCallSlots::take_name(ToolCallSlot& slot, const std::string& piece) const {
  if (piece.empty() || piece == slot.name) return;
  if (slot.name.empty()) {
    slot.name = piece;
    return;
  }
  if (slot.opened || slot.has_arguments()) return;
  if (!offered_.contains(slot.name + piece) && offered_.contains(piece)) {
    slot.name = piece;
  } else {
    slot.name += piece;
  }
}

void ToolCallSlots::take_arguments(ToolCallSlot& slot, JsonValue arguments) {
  if (arguments.is_nothing()) return;
  if (!arguments.is_string()) return append_arguments(slot, arguments.raw());
  const std::string_view raw = arguments.text();
  if (slot.half_pair.empty() && !has_lone_surrogate(raw)) return append_arguments(slot, decode_raw(raw));
  append_arguments(slot, decode_raw(join_split_surrogates(slot.half_pair, raw)));
}

void ToolCallSlots::append_arguments(ToolCallSlot& slot, std::string_view text) {
  if (text.empty()) return;
  if (slot.bare_object) {
    if (is_space(text)) return;
    if (text == kBareObject) return;
    slot.bare_object = false;
    // Only an object can take the placeholder's place.
    if (!text.starts_with('{')) return append_arguments(slot, std::string(kBareObject) + std::string(text));
  } else if (slot.argument_bytes == 0 && text == kBareObject) {
    slot.bare_object = true;
    return;
  }
  if (slot.balance.complete()) {
    if (is_space(text)) return;
    if (text.size() == slot.argument_bytes && add_to_hash(0, text) == slot.argument_hash) return;
  }
  slot.balance.feed(text);
  slot.argument_bytes += text.size();
  slot.argument_hash = add_to_hash(slot.argument_hash, text);
  slot.pending += text;
}

std::size_t ToolCallSlots::told_bytes() const {
  std::size_t bytes = 0;
  for (const ToolCallSlot& slot : slots_) {
    const std::size_t arguments = slot.bare_object ? kBareObject.size() : slot.argument_bytes;
    bytes += 1 + slot.id.size() + slot.name.size() + arguments + slot.half_pair.size();
  }
  return bytes;
}

std::size_t ToolCallSlots::pending_bytes() const {
  std::size_t bytes = 0;
  for (const ToolCallSlot& slot : slots_) bytes += slot.pending.size();
  return bytes;
}

}  // namespace balancer::gateway

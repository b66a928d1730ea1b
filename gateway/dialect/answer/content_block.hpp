// What a content block is for those that turn it into events and back (protocol.md 4.1).
#pragma once

#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

// By what its deltas may change.
enum class ContentBlockKind {
  kText,
  kThinking,
  // Whoever runs it.
  kTool,
  // Told whole: no delta changes it.
  kWhole,
};

[[nodiscard]] ContentBlockKind kind_of_block(JsonValue block);

// It says its type, and what is known of such a block is of the type that it should be, or absent. Nothing is asked of
// the input of a tool, nor of a block that is told whole.
[[nodiscard]] bool is_well_formed_block(JsonValue block);

}  // namespace balancer::gateway

#include "gateway/dialect/answer/content_block.hpp"

#include "gateway/dialect/answer/json_members.hpp"

namespace balancer::gateway {
namespace {

bool may_be_text(JsonValue value) { return value.is_nothing() || value.is_string(); }

bool may_be_citations(JsonValue value) {
  if (!value.is_nothing() && !value.is_array()) return false;
  for (const JsonValue citation : value.elements()) {
    if (!citation.is_object()) return false;
  }
  return true;
}

}  // namespace

ContentBlockKind kind_of_block(JsonValue block) {
  const JsonValue type = block["type"];
  if (type.says("text")) return ContentBlockKind::kText;
  if (type.says("thinking")) return ContentBlockKind::kThinking;
  for (const char* const tool : {"tool_use", "server_tool_use", "mcp_tool_use"}) {
    if (type.says(tool)) return ContentBlockKind::kTool;
  }
  return ContentBlockKind::kWhole;
}

bool is_well_formed_block(JsonValue block) {
  if (!block["type"].is_string()) return false;
  const ContentBlockKind kind = kind_of_block(block);
  if (kind != ContentBlockKind::kWhole && !JsonMembers::can_hold(block)) return false;
  switch (kind) {
    case ContentBlockKind::kText: return may_be_text(block["text"]) && may_be_citations(block["citations"]);
    case ContentBlockKind::kThinking: return may_be_text(block["thinking"]) && may_be_text(block["signature"]);
    case ContentBlockKind::kTool:
    case ContentBlockKind::kWhole: break;
  }
  return true;
}

}  // namespace balancer::gateway

#include "gateway/dialect/thinking_move.hpp"

#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/thinking_block.hpp"

namespace balancer::gateway {
namespace {

struct ContentTraits {
  bool foreign_thinking = false;
  bool tool_call = false;
  // There are blocks, and all of them are thinking: without them, the message is not there.
  bool only_thinking = false;
};

ContentTraits traits_of(const JsonValue& content) {
  ContentTraits traits;
  traits.only_thinking = content.is_array() && !content.empty();
  for (const JsonValue block : content.elements()) {
    if (is_thinking_block(block)) {
      traits.foreign_thinking = traits.foreign_thinking || !is_gateway_thinking_block(block);
    } else {
      traits.only_thinking = false;
      traits.tool_call = traits.tool_call || block["type"].says("tool_use");
    }
  }
  return traits;
}

struct History {
  bool foreign_thinking = false;
  // The last assistant turn calls a tool. Assistant messages in a row are one turn.
  bool ends_in_tool_call = false;
};

History read_history(const JsonValue& messages) {
  History history;
  bool in_assistant_turn = false;
  for (const JsonValue message : messages.elements()) {
    const ContentTraits content = traits_of(message["content"]);
    history.foreign_thinking = history.foreign_thinking || content.foreign_thinking;
    if (content.only_thinking) continue;
    const bool assistant = message["role"].says("assistant");
    if (assistant) {
      history.ends_in_tool_call = content.tool_call || (in_assistant_turn && history.ends_in_tool_call);
    }
    in_assistant_turn = assistant;
  }
  return history;
}

}  // namespace

ThinkingMove decide_thinking_move(std::string_view first_domain, std::string_view domain, std::string_view body) {
  if (domain == first_domain || !may_hold_thinking(body)) return ThinkingMove::kNothingToDo;
  JsonDocument document;
  const Result<JsonValue> request = document.read(body);
  if (!request) return ThinkingMove::kNothingToDo;
  const History history = read_history((*request)["messages"]);
  if (!history.foreign_thinking) return ThinkingMove::kNothingToDo;
  const bool thinks_before_tools = (*request)["thinking"]["type"].says("enabled");
  return thinks_before_tools && history.ends_in_tool_call ? ThinkingMove::kImpossible : ThinkingMove::kRemove;
}

}  // namespace balancer::gateway

// What the readers of one request's messages share.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gateway/dialect/openai_request/chat_conversation.hpp"
#include "gateway/dialect/openai_request/conversion.hpp"
#include "gateway/dialect/openai_request/json_path.hpp"

namespace balancer::gateway {

struct MessageReading {
  const ConversionTarget& target;
  const ToolNames& tool_names;
  ChatConversation& conversation;
  std::vector<std::string>& dropped;
  // Tells the provider's own thinking from others'.
  std::string reasoning_tag;
  // Client ids of the tool calls that were read.
  std::unordered_set<std::string> tool_ids;
  // Bytes of base64 and the number of images and documents.
  std::size_t media_bytes = 0;
  std::size_t media_count = 0;

  [[nodiscard]] const ConversionSettings& settings() const { return target.settings; }
  // Keeps a text of ours, which needs no escapes.
  std::string_view keep(std::string text) { return conversation.keep(std::move(text)); }
};

}  // namespace balancer::gateway

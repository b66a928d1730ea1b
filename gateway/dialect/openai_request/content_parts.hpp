// Content blocks that user messages and tool results have in common (protocol.md 2.5): text, images, documents, search
// results.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/openai_request/message_reading.hpp"

namespace balancer::gateway {

enum class ContentBlock {
  kText, kImage, kDocument, kSearchResult, kToolUse, kToolResult, kThinking, kRedactedThinking, kServerToolUse,
  kServerToolResult, kContainerUpload, kCompaction, kToolReference, kBrowserState, kIgnored, kUnknown
};

// The kind of a block by its "type".
[[nodiscard]] ContentBlock content_block(JsonValue block);

// Appends what the block becomes; nothing for a blank text. Only for the first four kinds.
[[nodiscard]] ConversionResult<void> append_content(ContentBlock kind, JsonValue block, const JsonPath& path,
                                                    std::vector<ChatPart>& parts, MessageReading& reading);

// For blocks that have no place where they stand.
[[nodiscard]] ConversionRefusal misplaced_block(JsonValue block, const JsonPath& path);
// A file in a code-execution container, which no OpenAI-compatible provider has.
[[nodiscard]] ConversionRefusal refuse_container_upload(const JsonPath& path, const MessageReading& reading);
// A type that nobody here knows: refused, or dropped where the provider's settings say so.
[[nodiscard]] ConversionResult<void> refuse_unknown_block(JsonValue block, const JsonPath& path,
                                                          MessageReading& reading);

[[nodiscard]] ChatPart text_part(std::string_view raw_text);

// Reads a message's content, a string or a list of blocks, with a Turn: one text that is not blank is the message, blocks
// go to turn.read_block(block, path) one by one, and turn.finish() adds what they came to.
template <class Turn>
[[nodiscard]] ConversionResult<void> read_turn(JsonValue content, const JsonPath& path, ChatMessage::Role role,
                                               MessageReading& reading) {
  if (content.is_string()) {
    if (!is_blank(content.text())) reading.conversation.add({.role = role, .parts = {text_part(content.text())}});
    return {};
  }
  Turn turn(reading);
  const JsonPath content_path(path, "content");
  std::size_t index = 0;
  for (const JsonValue block : content.elements()) {
    if (auto read = turn.read_block(block, JsonPath(content_path, index++)); !read) return read;
  }
  turn.finish();
  return {};
}

}  // namespace balancer::gateway

#include "gateway/dialect/openai_request/user_turn.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/openai_request/server_tool_text.hpp"
#include "gateway/dialect/openai_request/tool_results.hpp"

namespace balancer::gateway {
namespace {

class UserTurn {
 public:
  explicit UserTurn(MessageReading& reading) : reading_(reading) {}

  ConversionResult<void> read_block(JsonValue block, const JsonPath& path) {
    const ContentBlock kind = content_block(block);
    switch (kind) {
      case ContentBlock::kText:
      case ContentBlock::kImage:
      case ContentBlock::kDocument:
      case ContentBlock::kSearchResult:
        return append_content(kind, block, path, parts_, reading_);
      case ContentBlock::kToolResult:
        return add_result(block, path);
      case ContentBlock::kServerToolUse:
      case ContentBlock::kServerToolResult:
        if (std::string text = server_tool_text(kind, block, reading_.settings()); !text.empty()) {
          parts_.push_back(text_part(reading_.keep(std::move(text))));
        }
        return {};
      case ContentBlock::kIgnored:
        return {};
      case ContentBlock::kContainerUpload:
        return refuse_container_upload(path, reading_);
      case ContentBlock::kUnknown:
        return refuse_unknown_block(block, path, reading_);
      default:
        return misplaced_block(block, path);
    }
  }

  void finish() {
    std::move(parts_.begin(), parts_.end(), std::back_inserter(hoisted_));
    reading_.conversation.add({.role = ChatMessage::Role::kUser, .parts = std::move(hoisted_)});
  }

 private:
  ConversionResult<void> add_result(JsonValue block, const JsonPath& path) {
    auto result = read_tool_result(block, path, reading_);
    if (!result) return result.error();
    if (!reading_.conversation.answer(result->client_id, result->parts)) {
      // Nobody asked: told as text.
      parts_.push_back(text_part(reading_.keep(fmt::format(R"([tool result {}]\n)", escape(result->client_id)))));
      std::move(result->parts.begin(), result->parts.end(), std::back_inserter(parts_));
    }
    std::move(result->hoisted.begin(), result->hoisted.end(), std::back_inserter(hoisted_));
    return {};
  }

  MessageReading& reading_;
  std::vector<ChatPart> hoisted_;
  std::vector<ChatPart> parts_;
};

}  // namespace

ConversionResult<void> read_user_turn(JsonValue content, const JsonPath& path, MessageReading& reading) {
  return read_turn<UserTurn>(content, path, ChatMessage::Role::kUser, reading);
}

}  // namespace balancer::gateway

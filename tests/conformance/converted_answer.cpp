#include "tests/conformance/converted_answer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/dialect/openai_error/provider_error.hpp"
#include "gateway/dialect/openai_response/anthropic_message_writer.hpp"
#include "gateway/dialect/openai_response/anthropic_stream_writer.hpp"
#include "gateway/dialect/openai_response/chat_stream.hpp"

namespace balancer::conformance {
namespace {

using gateway::AnthropicEvents;
using gateway::ChatReply;
using gateway::ChatStream;
using gateway::ReplyContext;

std::string failure_remark(const ChatReply::Failure& failure) {
  using Kind = ChatReply::Failure::Kind;
  switch (failure.kind) {
    case Kind::kErrorDocument: {
      const auto error = gateway::read_provider_error(failure.document);
      return error ? fmt::format("! error_document {} {}", error->status, error->message) : "! no error document";
    }
    case Kind::kOverloaded: return "! overloaded";
    case Kind::kError: return "! error";
    case Kind::kUnusable: return "! unusable";
    case Kind::kTruncated: return "! truncated";
    case Kind::kTooLarge: return "! too_large";
  }
  return "! ?";
}

void feed_all(ChatStream& stream, std::string_view input, std::size_t piece_size) {
  while (!input.empty()) {
    // Pieces of their own, so that reading past their end is noticed by the sanitizers.
    const std::string piece(input.substr(0, piece_size));
    stream.feed(piece);
    input.remove_prefix(piece.size());
  }
  stream.end_of_input();
}

ConvertedAnswer convert_with(AnthropicEvents& writer, std::string_view input, const ReplyContext& context,
                             const ConversionSettings& settings, ChatReply::Tools tools, std::size_t piece_size) {
  gateway::ConversionScratch scratch;
  ChatStream stream(context, settings, tools, writer, scratch);
  feed_all(stream, input, piece_size);

  ConvertedAnswer answer;
  const ChatReply& reply = stream.reply();
  answer.complete = reply.state() == ChatReply::State::kComplete;
  if (reply.state() == ChatReply::State::kFailed) answer.remarks.push_back(failure_remark(reply.failure()));
  if (answer.complete && reply.empty_answer()) answer.remarks.emplace_back("= empty");
  if (answer.complete && reply.usage_estimated()) answer.remarks.emplace_back("= estimated");
  return answer;
}

}  // namespace

ConvertedAnswer convert_answer(std::string_view input, const ReplyContext& context, const ConversionSettings& settings,
                               AnswerForm form, std::size_t piece_size) {
  if (form == AnswerForm::kMessage) {
    gateway::AnthropicMessageWriter writer(context.requested_model);
    ConvertedAnswer answer = convert_with(writer, input, context, settings, ChatReply::Tools::kBuffered, piece_size);
    answer.bytes = writer.message();
    return answer;
  }
  const auto tools =
      settings.tool_stream == ToolStream::kBuffered ? ChatReply::Tools::kBuffered : ChatReply::Tools::kLive;
  gateway::AnthropicStreamWriter writer(context.requested_model);
  ConvertedAnswer answer = convert_with(writer, input, context, settings, tools, piece_size);
  answer.bytes = writer.output();
  return answer;
}

}  // namespace balancer::conformance

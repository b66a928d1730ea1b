// An answer from the bytes of a provider (protocol.md 4.2, 4.4): an event stream, or a document where a stream was
// asked for, into a ChatReply. No I/O, no timers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/dialect/openai_response/chat_reply.hpp"
#include "gateway/dialect/sse_decoder.hpp"

namespace balancer::gateway {

// Memory for reading JSON that all answers of a thread can share.
struct ConversionScratch {
  JsonDocument chunk;
  JsonDocument arguments;
};

class ChatStream {
 public:
  // The references outlive the stream; `scratch` is used during calls only.
  ChatStream(const ReplyContext& context, const ConversionSettings& settings, ChatReply::Tools tools,
             AnthropicEvents& events, ConversionScratch& scratch);

  // Takes the next bytes, however they are cut. What comes behind the answer's end is ignored.
  void feed(std::string_view bytes);
  void end_of_input();

  // Grows with whatever adds to the answer: not with comments, nor with chunks that say nothing.
  [[nodiscard]] std::uint64_t content() const { return reply_.content() + document_.size(); }
  // The provider said that nothing follows.
  [[nodiscard]] bool said_done() const { return said_done_; }
  [[nodiscard]] const ChatReply& reply() const { return reply_; }
  [[nodiscard]] ChatReply& reply() { return reply_; }

 private:
  enum class Form { kUnknown, kEvents, kDocument };
  enum class Place { kInside, kAtEnd };

  void consume(const SseEvent& event, Place place);

  ChatReply reply_;
  ConversionScratch& scratch_;
  Form form_ = Form::kUnknown;
  SseDecoder decoder_{SseFraming::kJsonLines};
  std::string document_;
  bool said_done_ = false;
};

// Takes a whole completion, or an error document; then nothing more comes.
void consume_completion(std::string_view document, ChatReply& reply, ConversionScratch& scratch);

}  // namespace balancer::gateway

#include "gateway/dialect/openai_response/chat_stream.hpp"

#include "gateway/dialect/json/utf8_repair.hpp"

namespace balancer::gateway {
namespace {

using Failure = ChatReply::Failure;

constexpr std::size_t kMaxDocumentBytes = 64 * 1024 * 1024;
constexpr std::string_view kDone = "[DONE]";
// White space, and the bytes of a byte order mark.
constexpr std::string_view kBeforeForm = " \t\r\n\xef\xbb\xbf";

// Providers send bytes that are no UTF-8, and NUL in strings: read with these replaced (protocol.md 4.2 rule 10).
Result<JsonValue> read_leniently(std::string_view text, JsonDocument& document) {
  Result<JsonValue> value = document.read_copy(text);
  if (value) return value;
  return document.read_copy(with_valid_utf8(text));
}

bool is_done(std::string_view data) {
  while (data.ends_with(' ')) data.remove_suffix(1);
  return data == kDone;
}

// Servers leave out much; but what stands in place of a choice or of its message is none.
bool has_choice(JsonValue completion) {
  for (const JsonValue choice : completion["choices"].elements()) {
    const JsonValue message = choice["message"];
    if (choice.is_object() && (message.is_nothing() || message.is_object())) return true;
  }
  return false;
}

}  // namespace

ChatStream::ChatStream(const ReplyContext& context, const ConversionSettings& settings, ChatReply::Tools tools,
                       AnthropicEvents& events, ConversionScratch& scratch)
    : reply_(context, settings, tools, events, scratch.arguments), scratch_(scratch) {}

void ChatStream::feed(std::string_view bytes) {
  if (form_ == Form::kUnknown) {
    const std::size_t first = bytes.find_first_not_of(kBeforeForm);
    if (first == std::string_view::npos) return;
    form_ = bytes[first] == '{' || bytes[first] == '[' ? Form::kDocument : Form::kEvents;
    bytes.remove_prefix(first);
  }
  if (form_ == Form::kDocument) {
    if (document_.size() + bytes.size() > kMaxDocumentBytes) return reply_.give_up(Failure::Kind::kTooLarge);
    document_ += bytes;
    return;
  }
  if (!decoder_.feed(bytes, [this](const SseEvent& event) { consume(event, Place::kInside); })) {
    reply_.give_up(Failure::Kind::kTooLarge);
  }
}

void ChatStream::consume(const SseEvent& event, Place place) {
  if (said_done_) return;
  if (is_done(event.data)) {
    said_done_ = true;
    return reply_.end();
  }
  if (event.data.empty()) return;
  const Result<JsonValue> chunk = read_leniently(event.data, scratch_.chunk);
  if (chunk && chunk->is_object()) return reply_.consume(*chunk);
  // The last line may have been cut off with the connection.
  if (place == Place::kInside) reply_.give_up(Failure::Kind::kUnusable);
}

void ChatStream::end_of_input() {
  if (form_ == Form::kDocument) return consume_completion(document_, reply_, scratch_);
  consume(decoder_.finish(), Place::kAtEnd);
  reply_.end_of_input();
}

void consume_completion(std::string_view document, ChatReply& reply, ConversionScratch& scratch) {
  const Result<JsonValue> root = read_leniently(document, scratch.chunk);
  if (!root) return reply.give_up(Failure::Kind::kUnusable);
  if (root->is_array()) {
    // How Gemini's endpoint sends errors.
    for (const JsonValue element : root->elements()) {
      if (!element["error"].is_nothing()) reply.consume(element);
    }
    return reply.give_up(Failure::Kind::kUnusable);
  }
  reply.consume(*root);
  if (!has_choice(*root)) return reply.give_up(Failure::Kind::kUnusable);
  reply.end();
}

}  // namespace balancer::gateway

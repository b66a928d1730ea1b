#include "gateway/dialect/openai_response/anthropic_stream_writer.hpp"

#include <fmt/format.h>

#include <iterator>

#include "common/text/random_id.hpp"
#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/openai_response/message_parts.hpp"

namespace balancer::gateway {
namespace {

constexpr std::string_view kEventEnd = "}\n\n";

}  // namespace

AnthropicStreamWriter::AnthropicStreamWriter(std::string_view model) : raw_model_(escape(model)) {}

void AnthropicStreamWriter::start(const AnthropicUsage& usage) {
  output_ += R"(event: message_start)"
             "\n"
             R"(data: {"type":"message_start","message":{"id":")";
  output_ += make_random_id("msg_");
  output_ += R"(","type":"message","role":"assistant","model":")";
  output_ += raw_model_;
  output_ += R"(","content":[],"stop_reason":null,"stop_sequence":null,"usage":)";
  append_usage(output_, usage);
  output_ += '}';
  output_ += kEventEnd;
}

void AnthropicStreamWriter::begin_block() {
  output_ += "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":";
  fmt::format_to(std::back_inserter(output_), "{}", index_);
  output_ += R"(,"content_block":)";
}

void AnthropicStreamWriter::begin_text() {
  begin_block();
  output_ += R"({"type":"text","text":""})";
  output_ += kEventEnd;
}

void AnthropicStreamWriter::begin_thinking() {
  begin_block();
  output_ += R"({"type":"thinking","thinking":"","signature":""})";
  output_ += kEventEnd;
}

void AnthropicStreamWriter::begin_tool_use(std::string_view id, std::string_view name) {
  begin_block();
  output_ += R"({"type":"tool_use","id":")";
  append_escaped(output_, id);
  output_ += R"(","name":")";
  append_escaped(output_, name);
  output_ += R"(","input":{}})";
  output_ += kEventEnd;
}

void AnthropicStreamWriter::begin_delta(std::string_view type_and_key) {
  output_ += "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":";
  fmt::format_to(std::back_inserter(output_), "{}", index_);
  output_ += R"(,"delta":{"type":)";
  output_ += type_and_key;
  output_ += R"(:")";
}

void AnthropicStreamWriter::text(std::string_view raw) {
  begin_delta(R"("text_delta","text")");
  output_ += raw;
  output_ += "\"}";
  output_ += kEventEnd;
}

void AnthropicStreamWriter::thinking(std::string_view raw) {
  begin_delta(R"("thinking_delta","thinking")");
  output_ += raw;
  output_ += "\"}";
  output_ += kEventEnd;
}

void AnthropicStreamWriter::signature(std::string_view raw) {
  begin_delta(R"("signature_delta","signature")");
  output_ += raw;
  output_ += "\"}";
  output_ += kEventEnd;
}

void AnthropicStreamWriter::tool_input(std::string_view json) {
  begin_delta(R"("input_json_delta","partial_json")");
  append_escaped(output_, json);
  output_ += "\"}";
  output_ += kEventEnd;
}

void AnthropicStreamWriter::end_block() {
  output_ += "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":";
  fmt::format_to(std::back_inserter(output_), "{}", index_++);
  output_ += kEventEnd;
}

void AnthropicStreamWriter::finish(const AnthropicEnding& ending) {
  output_ += "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{";
  append_ending(output_, ending);
  output_ += R"(},"usage":)";
  append_usage(output_, ending.usage);
  output_ += kEventEnd;
  output_ += "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
}

}  // namespace balancer::gateway

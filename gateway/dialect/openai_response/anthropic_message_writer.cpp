#include "gateway/dialect/openai_response/anthropic_message_writer.hpp"

#include <utility>

#include "common/text/random_id.hpp"
#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/openai_response/message_parts.hpp"

namespace balancer::gateway {

AnthropicMessageWriter::AnthropicMessageWriter(std::string_view model) : raw_model_(escape(model)) {}

void AnthropicMessageWriter::start(const AnthropicUsage&) {
  message_ = R"({"id":")";
  message_ += make_random_id("msg_");
  message_ += R"(","type":"message","role":"assistant","model":")";
  message_ += raw_model_;
  message_ += R"(","content":[)";
}

void AnthropicMessageWriter::begin_block(std::string_view begin, std::string_view end) {
  if (std::exchange(has_blocks_, true)) message_ += ',';
  message_ += begin;
  block_end_ = end;
}

void AnthropicMessageWriter::begin_text() { begin_block(R"({"type":"text","text":")", "\"}"); }

void AnthropicMessageWriter::text(std::string_view raw) { message_ += raw; }

void AnthropicMessageWriter::begin_thinking() { begin_block(R"({"type":"thinking","thinking":")", "\"}"); }

void AnthropicMessageWriter::thinking(std::string_view raw) { message_ += raw; }

void AnthropicMessageWriter::signature(std::string_view raw) { signature_ = raw; }

void AnthropicMessageWriter::begin_tool_use(std::string_view id, std::string_view name) {
  begin_block(R"({"type":"tool_use","id":")", "}");
  append_escaped(message_, id);
  message_ += R"(","name":")";
  append_escaped(message_, name);
  message_ += R"(","input":)";
}

void AnthropicMessageWriter::tool_input(std::string_view json) { message_ += json; }

void AnthropicMessageWriter::end_block() {
  if (!signature_.empty()) {
    message_ += R"(","signature":")";
    message_ += std::exchange(signature_, {});
  }
  message_ += block_end_;
}

void AnthropicMessageWriter::finish(const AnthropicEnding& ending) {
  message_ += "],";
  append_ending(message_, ending);
  message_ += R"(,"usage":)";
  append_usage(message_, ending.usage);
  message_ += '}';
}

}  // namespace balancer::gateway

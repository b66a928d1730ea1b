// Our own two writers say the same.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gateway/dialect/answer/message_from_events.hpp"
#include "gateway/dialect/openai_response/anthropic_message_writer.hpp"
#include "gateway/dialect/openai_response/anthropic_stream_writer.hpp"

namespace balancer::gateway {
namespace {

void write_parts(AnthropicEvents& events) {
  AnthropicUsage usage;
  usage.input_tokens = 10;
  usage.cache_read_input_tokens = 4;
  events.start(usage);
  events.begin_thinking();
  events.thinking("let me ");
  events.thinking("see");
  events.signature("gw1.abc");
  events.end_block();
  events.begin_text();
  events.text("Hel\\n");
  events.text("lo \\u00e9");
  events.end_block();
  events.begin_tool_use("call_1", "do \"it\"");
  events.tool_input("{\"a\":");
  events.tool_input("[1, 2.50]}");
  events.end_block();
  usage.output_tokens = 33;
  AnthropicEnding ending;
  ending.stop_reason = "tool_use";
  ending.usage = usage;
  events.finish(ending);
}

nlohmann::json without_id(std::string_view message) {
  nlohmann::json json = nlohmann::json::parse(message);
  json.erase("id");
  return json;
}

TEST(WrittenAnswersTest, AStreamOfOursIsTheMessageThatWeWouldHaveWritten) {
  AnthropicStreamWriter stream("model");
  AnthropicMessageWriter message("model");
  write_parts(stream);
  write_parts(message);

  const std::optional<std::string> assembled = message_from_events(stream.output());

  ASSERT_TRUE(assembled);
  EXPECT_EQ(without_id(*assembled), without_id(message.message()));
}

}  // namespace
}  // namespace balancer::gateway

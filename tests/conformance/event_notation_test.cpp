#include "tests/conformance/event_notation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace balancer::conformance {
namespace {

using ::testing::ElementsAre;

std::string event(const std::string& type, const std::string& members = "") {
  return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + members + "}\n\n";
}

TEST(EventNotationTest, TellsAnUnusualBeginning) {
  const std::string stream = event("message_start", R"(,"message":{"model":"m","usage":{"input_tokens":0}})");

  EXPECT_THAT(event_lines(stream), ElementsAre(::testing::StartsWith("MS m {")));
}

TEST(EventNotationTest, NamesEveryEventInOneLine) {
  const std::string stream =
      event("message_start", R"(,"message":{"model":"m","stop_reason":null,"stop_sequence":null,)"
                             R"("usage":{"input_tokens":9,"output_tokens":1,)"
                             R"("cache_read_input_tokens":0,"cache_creation_input_tokens":0}})") +
      event("ping") +
      event("content_block_start", R"(,"index":0,"content_block":{"type":"thinking","thinking":"","signature":""})") +
      event("content_block_delta", R"(,"index":0,"delta":{"type":"thinking_delta","thinking":"h\n"})") +
      event("content_block_delta", R"(,"index":0,"delta":{"type":"signature_delta","signature":"gw1.a"})") +
      event("content_block_stop", R"(,"index":0)") +
      event("content_block_start", R"(,"index":1,"content_block":{"type":"tool_use","id":"t",)"
                                   R"("name":"ls","input":{}})") +
      event("content_block_delta", R"(,"index":1,"delta":{"type":"input_json_delta","partial_json":"{\"d\""})") +
      event("message_delta", R"(,"delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":1,)"
                             R"("cache_read_input_tokens":2,"cache_creation_input_tokens":0,"output_tokens":3})") +
      event("message_stop");

  EXPECT_THAT(event_lines(stream),
              ElementsAre("MS m", "ping", "S0:thinking", R"(D0"h\n")", "D0 gw1.a", "P0", "S1:tool_use ls t",
                          R"(D1`{"d"`)", "MD(tool_use,1,3,cache_read=2)", "MX"));
}

}  // namespace
}  // namespace balancer::conformance

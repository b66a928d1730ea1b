#include "deploy/demo_provider/demo_message.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace balancer::demo {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Lt;
using ::testing::SizeIs;

DemoRequest request_with(const json& content) {
  const json body = {{"model", "claude-x"}, {"messages", {{{"role", "user"}, {"content", content}}}}};
  return read_demo_request(body.dump()).value();
}

// The payload of one event, after checking that its two lines are as the grammar wants them.
json payload_of(const std::string& event) {
  const auto data = event.find("\ndata: ");
  const json payload = json::parse(event.substr(data + 7));
  EXPECT_EQ(event.substr(0, data), "event: " + payload["type"].get<std::string>());
  EXPECT_THAT(event, EndsWith("\n\n"));
  return payload;
}

std::string text_of_answer(const DemoRequest& request) {
  return json::parse(demo_message(request, "msg_1"))["content"][0]["text"];
}

TEST(DemoMessageTest, SaysWhatItIsAndEchoesTheLastUserText) {
  const DemoRequest request = request_with({{{"type", "text"}, {"text", "first"}}, {{"type", "text"}, {"text", "last"}}});

  EXPECT_THAT(text_of_answer(request), AllOf(HasSubstr("demo provider"), EndsWith("You wrote: last")));
}

TEST(DemoMessageTest, ShortensALongEchoWithoutSplittingACharacter) {
  std::string question(199, 'a');
  for (int i = 0; i < 100; ++i) question += "é";

  const std::string text = text_of_answer(request_with(question));

  EXPECT_THAT(text, AllOf(SizeIs(Lt(400u)), EndsWith("a…")));
}

TEST(DemoMessageTest, StreamsTheSameTextInGrammaticalOrder) {
  const DemoRequest request = request_with("one  two");

  std::string text;
  std::string order;
  for (const std::string& event : demo_events(request, "msg_1")) {
    const json payload = payload_of(event);
    const std::string type = payload["type"];
    if (type == "content_block_delta") {
      text += payload["delta"]["text"];
    } else {
      order += type + " ";
    }
  }

  EXPECT_EQ(text, text_of_answer(request));
  EXPECT_EQ(order, "message_start content_block_start ping content_block_stop message_delta message_stop ");
}

TEST(DemoMessageTest, RefusesWhatIsNoMessagesRequest) {
  for (const char* body : {"", "[1", "[]", R"({"messages":[{}]})", R"({"model":"m"})", R"({"model":"m","messages":[]})"}) {
    EXPECT_EQ(read_demo_request(body).error().code, ErrorCode::kInvalidRequest) << body;
  }
}

TEST(DemoMessageTest, SurvivesMessagesOfAnUnexpectedShape) {
  const auto request =
      read_demo_request(R"({"model":"m","stream":"yes","messages":[1,{"role":"user"},{"role":"user","content":[2]}]})");

  ASSERT_TRUE(request.has_value());
  EXPECT_FALSE(request->stream);
  EXPECT_EQ(request->last_user_text, "");
}

}  // namespace
}  // namespace balancer::demo

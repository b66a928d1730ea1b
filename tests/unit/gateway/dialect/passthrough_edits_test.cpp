#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "gateway/dialect/messages_request.hpp"
#include "tests/unit/gateway/dialect/padded_text.hpp"

namespace balancer::gateway {
namespace {

std::string joined(const std::vector<std::string_view>& pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

// The body as a provider receives it.
std::string forwarded(std::string_view body, std::string_view upstream_model = {}) {
  JsonObjectScanner scanner;
  const PaddedText text(body);
  const MessagesRequest request = scan_messages_request(text.view(), scanner).value();
  const std::vector<BodyEdit> edits = passthrough_edits(request, upstream_model, request.gateway_thinking_removals);
  const std::vector<std::string_view> pieces = apply_edits(text.view(), edits);
  const std::string result = joined(pieces);
  EXPECT_EQ(total_size(pieces), result.size());
  return result;
}

TEST(PassthroughEditsTest, BodyPassesByteForByteWhenNothingIsToBeChanged) {
  const std::string body = " {\r\n\"temperature\":1.0 ,\"x_new\" : [\"\\u00e9\",\"\\/\", 1e400],\"model\":\"m\"}\n";

  EXPECT_EQ(forwarded(body), body);
  EXPECT_EQ(forwarded(body, "m"), body);
}

TEST(PassthroughEditsTest, SpellingOfAnUnchangedModelStays) {
  const std::string body = R"({"model":"\u006d"})";

  EXPECT_EQ(forwarded(body, "m"), body);
}

TEST(PassthroughEditsTest, OnlyTheTopLevelModelIsReplaced) {
  EXPECT_EQ(forwarded(R"({"tools":[{"model":"fast"}], "model" : "fast" ,"x":{"model":"fast"}})", "real-model-2"),
            R"({"tools":[{"model":"fast"}], "model" : "real-model-2" ,"x":{"model":"fast"}})");
}

TEST(PassthroughEditsTest, ByteOrderMarkStays) {
  EXPECT_EQ(forwarded("\xef\xbb\xbf{\"model\":\"m\"}", "n"), "\xef\xbb\xbf{\"model\":\"n\"}");
}

TEST(PassthroughEditsTest, UpstreamModelIsEscaped) {
  EXPECT_EQ(forwarded(R"({"model":"m"})", "a\"\\b\n"), R"({"model":"a\"\\b\n"})");
}

TEST(PassthroughEditsTest, UpstreamModelOfAnyBytesYieldsJson) {
  EXPECT_EQ(forwarded(R"({"model":"m"})", "a\xff"), "{\"model\":\"a\xef\xbf\xbd\"}");
}

TEST(PassthroughEditsTest, PinIsRemovedWithItsComma) {
  EXPECT_EQ(forwarded(R"({"provider":"a","model":"m"})"), R"({"model":"m"})");
  EXPECT_EQ(forwarded(R"({"x":1,"provider":"a","model":"m"})"), R"({"x":1,"model":"m"})");
  EXPECT_EQ(forwarded(R"({"model":"m","provider":"a"})"), R"({"model":"m"})");
  EXPECT_EQ(forwarded("{ \"x\": 1 ,\n  \"provider\" : \"a\" ,\n  \"model\": \"m\" }"),
            "{ \"x\": 1 ,\n  \"model\": \"m\" }");
}

TEST(PassthroughEditsTest, PinThatIsTheOnlyMemberLeavesAnEmptyObject) {
  const std::string body = R"({ "provider":"a" })";
  MessagesRequest request;
  request.pin_removal = BodyEdit{2, 16, {}};
  const std::vector<BodyEdit> edits = passthrough_edits(request, {}, {});

  EXPECT_EQ(joined(apply_edits(body, edits)), "{  }");
}

TEST(PassthroughEditsTest, EmptyPinIsRemovedToo) {
  EXPECT_EQ(forwarded(R"({"model":"m","provider":""})"), R"({"model":"m"})");
}

TEST(PassthroughEditsTest, AllEditsTogetherLeaveTheRestAlone) {
  const std::string thinking = R"({"type":"thinking","thinking":"t","signature":"gw1.ab"})";
  const std::string head = R"({"a":[1 , 2],)";
  const std::string middle = R"("messages":[{"role":"assistant","content":[)";
  const std::string tail = R"({"type":"text","text":"\u00e9"}]}])";

  EXPECT_EQ(forwarded(head + R"("model":"m",)" + middle + thinking + "," + tail + R"(,"provider":"p"})", "n"),
            head + R"("model":"n",)" + middle + tail + "}");
  EXPECT_EQ(forwarded(R"({"provider":"p","a":0,)" + middle + thinking + "," + tail + R"(,"model":"m"})", "n"),
            R"({"a":0,)" + middle + tail + R"(,"model":"n"})");
}

TEST(ApplyEditsTest, LeavesOutEmptyPieces) {
  const std::vector<BodyEdit> edits = {{0, 2, "X"}, {2, 4, {}}, {4, 6, "Y"}};

  EXPECT_EQ(apply_edits("aabbcc", edits), (std::vector<std::string_view>{"X", "Y"}));
  EXPECT_EQ(apply_edits("abc", {}), (std::vector<std::string_view>{"abc"}));
  EXPECT_TRUE(apply_edits("", {}).empty());
  EXPECT_EQ(total_size({}), 0u);
}

}  // namespace
}  // namespace balancer::gateway

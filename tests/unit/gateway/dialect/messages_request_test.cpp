#include "gateway/dialect/messages_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gateway/dialect/padded_text.hpp"

namespace balancer::gateway {
namespace {

using testing::HasSubstr;

MessagesRequest scanned(std::string_view body) {
  JsonObjectScanner scanner;
  return scan_messages_request(PaddedText(body).view(), scanner).value();
}

std::string refusal(std::string_view body) {
  JsonObjectScanner scanner;
  const PaddedText text(body);
  const auto request = scan_messages_request(text.view(), scanner);
  if (request) return "(accepted)";
  EXPECT_EQ(request.error().code, ErrorCode::kInvalidRequest);
  return request.error().message;
}

TEST(MessagesRequestTest, ReadsModelAndStream) {
  const MessagesRequest request = scanned(R"({"max_tokens":1,"model" : "fast","stream":true,"messages":[]})");

  EXPECT_EQ(request.model, "fast");
  EXPECT_TRUE(request.stream);
  EXPECT_EQ(request.pinned_provider, "");
  EXPECT_FALSE(request.pin_removal);
}

TEST(MessagesRequestTest, StreamIsFalseWhenAbsent) {
  EXPECT_FALSE(scanned(R"({"model":"m"})").stream);
  EXPECT_FALSE(scanned(R"({"model":"m","stream":false})").stream);
}

TEST(MessagesRequestTest, OnlyTheTopLevelModelCounts) {
  EXPECT_EQ(scanned(R"({"tools":[{"model":"x","stream":true}],"model":"m","metadata":{"model":"y"}})").model, "m");
}

TEST(MessagesRequestTest, EscapesInKeysAndValuesAreResolved) {
  const MessagesRequest request = scanned(R"({"mod\u0065l":"a\/b","str\u0065am":true})");

  EXPECT_EQ(request.model, "a/b");
  EXPECT_TRUE(request.stream);
}

TEST(MessagesRequestTest, NotesWhereTheValuesThatTellSessionsApartStand) {
  const std::string_view body = R"({"model":"m","messages" : [1, 2] ,"syst\u0065m":"a","metadata":{"b":{}},"system":["c"]})";
  const MessagesRequest request = scanned(body);

  EXPECT_EQ(request.messages.of(body), "[1, 2]");
  EXPECT_EQ(request.metadata.of(body), R"({"b":{}})");
  EXPECT_EQ(request.system.of(body), R"(["c"])");
  EXPECT_EQ(scanned(R"({"model":"m"})").system.of(body), "");
}

TEST(MessagesRequestTest, LoneSurrogateInTheModelNameIsNoError) {
  EXPECT_EQ(scanned(R"({"model":"m\ud83d"})").model, "m\ufffd");
}

TEST(MessagesRequestTest, RefusesAmbiguousBodies) {
  EXPECT_THAT(refusal(R"({"model":"a","messages":[],"model":"b"})"), HasSubstr("model: given more than once"));
  EXPECT_THAT(refusal(R"({"model":"a","mod\u0065l":"b"})"), HasSubstr("model: given more than once"));
  EXPECT_THAT(refusal(R"({"model":"a","stream":true,"stream":true})"), HasSubstr("stream: given more than once"));
  EXPECT_THAT(refusal(R"({"model":"a","provider":"x","provider":"y"})"), HasSubstr("provider: given more than once"));
}

TEST(MessagesRequestTest, OtherKeysMayBeRepeated) {
  EXPECT_EQ(scanned(R"({"model":"m","x":1,"x":2,"messages":[],"messages":[]})").model, "m");
}

TEST(MessagesRequestTest, RefusesABodyWithoutAUsableModel) {
  EXPECT_THAT(refusal(R"({})"), HasSubstr("model: Field required"));
  EXPECT_THAT(refusal(R"({"messages":[{"model":"m"}]})"), HasSubstr("model: Field required"));
  for (const char* model : {"\"\"", "1", "null", "[\"m\"]", "{}", R"("\x")"}) {
    EXPECT_THAT(refusal("{\"model\":" + std::string(model) + "}"), HasSubstr("non-empty string")) << model;
  }
}

TEST(MessagesRequestTest, NamesAreNoPlaceForPages) {
  const auto named = [](std::size_t model, std::size_t provider) {
    return R"({"model":")" + std::string(model, 'm') + R"(","provider":")" + std::string(provider, 'p') + R"("})";
  };

  EXPECT_EQ(refusal(named(1024, 1024)), "(accepted)");
  EXPECT_THAT(refusal(named(1025, 1)), HasSubstr("model: "));
  EXPECT_THAT(refusal(named(1, 1025)), HasSubstr("provider: "));
}

TEST(MessagesRequestTest, RefusesAStreamThatIsNoBoolean) {
  for (const char* stream : {"\"true\"", "1", "null", "[true]", "tru", "truefalse"}) {
    EXPECT_THAT(refusal("{\"model\":\"m\",\"stream\":" + std::string(stream) + "}"), HasSubstr("stream:")) << stream;
  }
}

TEST(MessagesRequestTest, EverythingElseIsTheProvidersToRefuse) {
  EXPECT_EQ(refusal(R"({"model":"m","max_tokens":"many","messages":7,"temperature":1e400})"), "(accepted)");
}

TEST(MessagesRequestTest, ProviderNameIsAPin) {
  const MessagesRequest request = scanned(R"({"model":"m","provider":"pro\u0076ider-a"})");

  EXPECT_EQ(request.pinned_provider, "provider-a");
  EXPECT_TRUE(request.pin_removal);
}

TEST(MessagesRequestTest, ProviderPreferencesOfAnotherGatewayAreNoPin) {
  const MessagesRequest request = scanned(R"({"model":"m","provider":{"order":["x"]}})");

  EXPECT_EQ(request.pinned_provider, "");
  EXPECT_FALSE(request.pin_removal);
}

TEST(MessagesRequestTest, ByteOrderMarkIsSkipped) {
  EXPECT_EQ(scanned("\xef\xbb\xbf{\"model\":\"m\"}").model, "m");
}

}  // namespace
}  // namespace balancer::gateway

// The only changes to a body: the model's upstream name, the pin, the thinking that the gateway made itself
// (protocol.md 1.9, cases 2 and 9).
#include <utility>
#include <vector>

#include "tests/integration/passthrough/passthrough_fixtures.hpp"

namespace balancer::integration {
namespace {

// Two providers: "fast" has another name at the first one, all else goes to the first and then to the second.
class BodyEditsTest : public testing::Test {
 protected:
  BodyEditsTest()
      : gateway_(ConfigText{{entry("first", first_), entry("second", second_)},
                            "",
                            "  fast:\n    - {provider: first, model: real-model-2, priority: 1}\n  \"*\":\n    - " +
                                any_model_to("first", 1) + "\n    - " + any_model_to("second", 2) + "\n"}
                     .yaml()) {
    first_.always(fakes::json_message("one"));
    second_.always(fakes::json_message("two"));
  }

  // What arrives at the first provider.
  std::string arrives_as(const std::string& body) {
    const fakes::HttpResponse response = client_.post("/v1/messages", body);
    EXPECT_EQ(response.status, 200) << response.body;
    const fakes::RecordedRequest request = first_.requests().back();
    EXPECT_EQ(request.headers.values("content-length"), std::vector{std::to_string(request.body.size())});
    return request.body;
  }

  fakes::FakeProvider first_;
  fakes::FakeProvider second_;
  Standalone gateway_;
  fakes::HttpClient client_ = gateway_.client();
};

// Case 2.
TEST_F(BodyEditsTest, OnlyTheTopLevelModelIsRenamed) {
  const std::string before = "{ \"x\":1.0,\n\"tools\":[{\"input_schema\":{\"model\" : \"fast\"}}], \"model\" : ";
  const std::string behind = " , \"messages\":[ ],\"metadata\":{\"model\":\"fast\"} }\n";

  EXPECT_EQ(arrives_as(before + "\"fast\"" + behind), before + "\"real-model-2\"" + behind);
  EXPECT_EQ(arrives_as(R"({"mod\u0065l":"f\u0061st","messages":[]})"), R"({"mod\u0065l":"real-model-2","messages":[]})");
  EXPECT_EQ(arrives_as("\xef\xbb\xbf{\"model\":\"fast\"}"), "\xef\xbb\xbf{\"model\":\"real-model-2\"}");
}

TEST_F(BodyEditsTest, TheAnswerNamesTheUpstreamModel) {
  const fakes::HttpResponse renamed = client_.post("/v1/messages", R"({"model":"fast","messages":[]})");
  const fakes::HttpResponse kept = client_.post("/v1/messages", R"({"model":"own","messages":[]})");

  EXPECT_EQ(renamed.headers.value("x-balancer-upstream-model"), "real-model-2");
  EXPECT_EQ(kept.headers.value("x-balancer-upstream-model"), "own");
}

TEST_F(BodyEditsTest, APinChoosesTheProviderAndDoesNotReachIt) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"provider":"second","model":"m","messages":[]})", R"({"model":"m","messages":[]})"},
      {R"({"model":"m","provider" : "second" ,"messages":[]})", R"({"model":"m","messages":[]})"},
      {R"({"model":"m","messages":[],"provider":"second"})", R"({"model":"m","messages":[]})"},
      {R"({"model":"m","pr\u006fvider":"sec\u006fnd","messages":[]})", R"({"model":"m","messages":[]})"},
  };
  for (const auto& [body, expected] : cases) {
    const fakes::HttpResponse response = client_.post("/v1/messages", body);

    EXPECT_EQ(response.headers.value("x-provider-used"), "second") << body;
    EXPECT_EQ(second_.requests().back().body, expected);
  }
  EXPECT_EQ(first_.request_count(), 0U);
}

TEST_F(BodyEditsTest, APinnedProviderIsTheOnlyOneAsked) {
  second_.always(fakes::server_error());

  const fakes::HttpResponse response = client_.post("/v1/messages", R"({"model":"m","provider":"second","messages":[]})");

  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(first_.request_count(), 0U);
}

TEST_F(BodyEditsTest, AnUnknownPinIsRefused) {
  EXPECT_TRUE(is_error(client_.post("/v1/messages", R"({"model":"m","provider":"nobody","messages":[]})"), 404,
                       "not_found_error"));
  EXPECT_EQ(first_.request_count() + second_.request_count(), 0U);
}

// Case 9.
TEST_F(BodyEditsTest, ThinkingThatTheGatewayMadeIsTakenOut) {
  const std::string ours = R"({"type":"thinking","thinking":"x","signature":"gw1.ab"})";
  const std::string ours_too = "{ \"signature\" : \"gw1.\\u0061\" ,\n \"type\":\"thinking\", \"thinking\":\"[{\\\"\" }";
  const std::string theirs = R"({"type":"thinking","thinking":"y","signature":"EqR1"})";
  const std::string text = R"({"type":"text","text":"\"gw1.ab\" 1.0 \/"})";
  const std::string tool =
      R"({"type":"tool_use","id":"t","name":"n","input":{"type":"thinking","signature":"gw1.ab","n":1.0}})";
  const std::string user = R"({"role":"user","content":"hi"})";
  const auto assistant = [](const std::string& content) {
    return "{\"role\" : \"assistant\" , \"content\" : [" + content + "]}";
  };
  const auto body = [](const std::string& messages) {
    return "{\"temperature\" : 1.0 ,\"messages\" : [" + messages + "] ,\"model\" : \"m\"}\n";
  };
  struct Case {
    const char* what;
    std::string sent;
    std::string arrives;
  };
  const std::vector<Case> cases = {
      {"first", user + "," + assistant(ours + "," + theirs + "," + text), user + "," + assistant(theirs + "," + text)},
      {"middle", user + "," + assistant(theirs + "," + ours + "," + text), user + "," + assistant(theirs + "," + text)},
      {"last", user + "," + assistant(theirs + "," + text + "," + ours), user + "," + assistant(theirs + "," + text)},
      {"odd spacing, first", assistant(" " + ours_too + " ,\n\t" + text + " "), assistant(" " + text + " ")},
      {"odd spacing, middle", assistant("\n" + theirs + " , " + ours_too + "\t,\r\n" + text + "\n"),
       assistant("\n" + theirs + " , " + text + "\n")},
      {"odd spacing, last", assistant(" " + text + "\n,\t" + ours_too + " "), assistant(" " + text + " ")},
      {"all but one", assistant(ours + "," + ours + "," + text + "," + ours), assistant(text)},
      {"several messages", assistant(ours + "," + text) + " , " + user + "," + assistant(text + "," + ours),
       assistant(text) + " , " + user + "," + assistant(text)},
      {"a message of nothing else", user + " , " + assistant(ours) + " , " + user, user + " , " + user},
      {"the first message of nothing else", " " + assistant(ours) + "," + user, " " + user},
      {"the last message of nothing else", user + "," + assistant(ours_too + "," + ours) + " ", user + " "},
      {"what only looks like it", assistant(text + "," + tool), assistant(text + "," + tool)},
      {"beside what only looks like it", assistant(ours + "," + text + "," + tool), assistant(text + "," + tool)},
      {"a block between strings", R"({"role":"user","content":"\"gw1.ab\""})" + std::string(",") + assistant(ours + "," + tool),
       R"({"role":"user","content":"\"gw1.ab\""})" + std::string(",") + assistant(tool)},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_TRUE(same_bytes(arrives_as(body(c.sent)), body(c.arrives)));
  }
}

TEST_F(BodyEditsTest, AllEditsAreMadeTogether) {
  const std::string sent = R"({"provider":"first","messages":[{"role":"assistant","content":[{"type":"thinking",)"
                           R"("thinking":"","signature":"gw1.x"},{"type":"text","text":"a"}]}],"model":"fast","n":1.0})";

  EXPECT_EQ(arrives_as(sent),
            R"({"messages":[{"role":"assistant","content":[{"type":"text","text":"a"}]}],"model":"real-model-2","n":1.0})");
}

}  // namespace
}  // namespace balancer::integration

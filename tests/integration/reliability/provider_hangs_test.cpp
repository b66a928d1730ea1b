// A provider that hangs is given up by the clock that is made for its way of hanging, and by no later one: the next
// provider answers while the client has seen nothing, and the stream tells of it afterwards. Either way the provider's
// connection and its place among its requests are free again.
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/fakes/loopback_server.hpp"
#include "tests/fakes/openai_answers.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using fakes::FakeProvider;
using fakes::HttpResponse;
using fakes::ScriptedResponse;

// How a type of provider speaks.
struct Dialect {
  std::string provider_type;
  // A stream of these events.
  ScriptedResponse (*stream)(const std::vector<std::string>&);
  // Events: the first words of an answer, one word more, and what only says that the provider is there.
  std::vector<std::string> first_words;
  std::string word;
  std::string sign_of_life;
  ScriptedResponse (*whole_stream)(const std::vector<std::string>&);
  ScriptedResponse (*document)(std::string_view);

  [[nodiscard]] ScriptedResponse answer(AnswerForm form) const {
    return form == AnswerForm::kStream ? whole_stream({"well"}) : document("well");
  }
  friend void PrintTo(const Dialect& dialect, std::ostream* out) { *out << dialect.provider_type; }
};

Dialect anthropic() {
  const std::vector<std::string> events = fakes::message_events({"one", "two"});
  return {.provider_type = "anthropic",
          .stream = fakes::sse_bytes,
          .first_words = {events[0], events[1], events[2]},
          .word = events[3],
          .sign_of_life = "event: ping\ndata: {\"type\": \"ping\"}\n\n",
          .whole_stream = fakes::sse_stream,
          .document = fakes::json_message};
}

Dialect openai() {
  return {.provider_type = "openai",
          .stream = fakes::chat_events,
          .first_words = {fakes::chat_chunk(R"({"role":"assistant","content":""})"),
                          fakes::chat_chunk(R"({"content":"one"})")},
          .word = fakes::chat_chunk(R"({"content":"two"})"),
          .sign_of_life = ": OPENROUTER PROCESSING\n\n" + fakes::chat_chunk(R"({"role":"assistant","content":""})"),
          .whole_stream = fakes::chat_stream,
          .document = fakes::chat_completion};
}

// Longer than any client here waits.
ScriptedResponse& add_endlessly(ScriptedResponse& script, const std::string& bytes) {
  for (int i = 0; i < 1'000; ++i) script.pause(15ms).send(bytes);
  return script;
}

class ProviderHangsTest : public testing::TestWithParam<Dialect> {
 protected:
  // The first provider serves one request at a time. The clocks that `timeouts` does not name do not strike here.
  [[nodiscard]] std::string config(std::string_view timeouts) const {
    const auto entry = [](const std::string& name, const std::string& base_url) {
      return "  - {name: " + name + ", type: " + GetParam().provider_type + ", base_url: \"" + base_url +
             "\", auth_value: key, max_in_flight: 1}\n";
    };
    return "providers:\n" + entry("first", first_.base_url()) + entry("second", second_.base_url()) +
           "model_routes:\n  \"*\":\n    - {provider: first, model: passthrough, priority: 1}\n"
           "    - {provider: second, model: passthrough, priority: 2}\n"
           "settings: {unhealthy_threshold: 100, sticky_provider_duration: 0, timeouts: {" +
           std::string(timeouts) + "}}\n";
  }

  void expect_failover(const std::string& timeouts, ScriptedResponse script, AnswerForm form) {
    first_.enqueue(std::move(script));
    second_.always(GetParam().answer(form));
    Standalone balancer(config(timeouts));

    const HttpResponse response = ask(balancer.client(), form);

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(text_of(response), "well");
    EXPECT_EQ(provider_of(response), "second");
    EXPECT_EQ(first_.request_count(), 1U);
    expect_first_is_free_again(balancer, form);
  }

  void expect_told_in_the_stream(const std::string& timeouts, ScriptedResponse script) {
    first_.enqueue(std::move(script));
    Standalone balancer(config(timeouts));

    const HttpResponse response = ask(balancer.client(), AnswerForm::kStream);

    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.complete);
    EXPECT_TRUE(response.streamed_text().starts_with("one")) << response.body;
    ASSERT_FALSE(response.events().empty());
    EXPECT_EQ(response.events().back().name, "error");
    EXPECT_EQ(nlohmann::json::parse(response.events().back().data).at("error").at("type"), "timeout_error");
    EXPECT_EQ(second_.request_count(), 0U);
    expect_first_is_free_again(balancer, AnswerForm::kStream);
  }

  void expect_first_is_free_again(const Standalone& balancer, AnswerForm form) {
    EXPECT_TRUE(first_.wait_for_client_disconnect());
    first_.always(GetParam().answer(form));
    second_.always(GetParam().answer(form));
    // The place is given back behind the end of the answer; a question on another thread may overtake that.
    EXPECT_TRUE(eventually([&] { return provider_of(ask(balancer.client(), form)) == "first"; }));
  }

  // The stream of the first provider, with its first words said.
  [[nodiscard]] static ScriptedResponse begun() { return GetParam().stream(GetParam().first_words); }

  FakeProvider first_;
  FakeProvider second_;
};

TEST_P(ProviderHangsTest, BeforeTheHeadAStreamHasItsOwnTimeToTheFirstByte) {
  expect_failover("streaming: {first_byte: 200ms}", fakes::hang(), AnswerForm::kStream);
}

TEST_P(ProviderHangsTest, BeforeTheHeadADocumentHasItsOwnTimeToTheFirstByte) {
  expect_failover("non_streaming: {first_byte: 200ms}", fakes::hang(), AnswerForm::kDocument);
}

TEST_P(ProviderHangsTest, BehindTheHeadOfAStreamTheIdleClockRuns) {
  expect_failover("idle: 200ms", GetParam().stream({}).send_headers().hang(), AnswerForm::kStream);
}

TEST_P(ProviderHangsTest, InsideADocumentTheIdleClockRuns) {
  expect_failover("idle: 200ms", GetParam().document("never").keep_bytes(20).send_headers().hang(),
                  AnswerForm::kDocument);
}

TEST_P(ProviderHangsTest, SilenceInTheMiddleEndsAtTheIdleClock) {
  expect_told_in_the_stream("idle: 200ms", begun().hang());
}

TEST_P(ProviderHangsTest, SignsOfLifeWithoutAnAnswerEndAtTheContentClock) {
  ScriptedResponse script = GetParam().stream({});
  expect_failover("content_idle: 250ms", add_endlessly(script, GetParam().sign_of_life), AnswerForm::kStream);
}

TEST_P(ProviderHangsTest, SignsOfLifeInTheMiddleEndAtTheContentClock) {
  ScriptedResponse script = begun();
  expect_told_in_the_stream("content_idle: 250ms", add_endlessly(script, GetParam().sign_of_life));
}

TEST_P(ProviderHangsTest, ALongAnswerIsNoneAsLongAsContentComes) {
  const Dialect& dialect = GetParam();
  ScriptedResponse script = begun();
  for (int i = 0; i < 15; ++i) script.pause(20ms).send(dialect.sign_of_life).pause(20ms).send(dialect.word);
  first_.enqueue(script);
  Standalone balancer(config("content_idle: 400ms"));

  const HttpResponse response = ask(balancer.client(), AnswerForm::kStream);

  std::string expected = "one";
  for (int i = 0; i < 15; ++i) expected += "two";
  EXPECT_EQ(response.streamed_text(), expected);
}

TEST_P(ProviderHangsTest, AnEndlessStreamEndsAtTheStreamsOwnLimit) {
  ScriptedResponse script = begun();
  expect_told_in_the_stream("stream_total: 300ms", add_endlessly(script, GetParam().word));
}

TEST_P(ProviderHangsTest, ADocumentThatTricklesEndsAtTheRequestsDeadline) {
  ScriptedResponse script = GetParam().document("never").keep_bytes(0).send_headers();
  first_.enqueue(add_endlessly(script, " "));
  Standalone balancer(config("until_commit: 300ms"));

  const HttpResponse response = ask(balancer.client(), AnswerForm::kDocument);

  EXPECT_EQ(response.status, 504) << response.body;
  EXPECT_EQ(response.error_type(), "timeout_error");
  EXPECT_EQ(second_.request_count(), 0U) << "there is no time left for it";
  EXPECT_TRUE(first_.wait_for_client_disconnect());
}

TEST_P(ProviderHangsTest, AStreamThatNeverBeginsEndsAtTheRequestsDeadline) {
  ScriptedResponse script = GetParam().stream({});
  first_.enqueue(add_endlessly(script, GetParam().sign_of_life));
  Standalone balancer(config("until_commit: 300ms"));

  const HttpResponse response = ask(balancer.client(), AnswerForm::kStream);

  EXPECT_EQ(response.status, 504) << response.body;
  EXPECT_EQ(response.error_type(), "timeout_error");
  EXPECT_TRUE(first_.wait_for_client_disconnect());
}

INSTANTIATE_TEST_SUITE_P(OfEitherType, ProviderHangsTest, testing::Values(anthropic(), openai()),
                         [](const testing::TestParamInfo<Dialect>& instance) { return instance.param.provider_type; });

TEST(TlsHangTest, AHandshakeThatIsNotAnsweredHasItsOwnClock) {
  FakeProvider second;
  second.always(answers("well"));
  // Takes whatever comes, and says nothing.
  const fakes::LoopbackServer silent([](fakes::Socket socket, const fakes::Latch& stop) {
    while (socket.read_some({.stop = &stop}).status == fakes::IoStatus::kReady) {}
  });
  Standalone balancer(config_for({{"first", "https://127.0.0.1:" + std::to_string(silent.port())},
                                  {"second", second.base_url()}},
                                 "timeouts: {tls_handshake: 200ms}"));

  const HttpResponse response = ask(balancer.client(), AnswerForm::kStream);

  EXPECT_EQ(text_of(response), "well");
  EXPECT_EQ(provider_of(response), "second");
}

}  // namespace
}  // namespace balancer::integration

// A trace goes through the gateway: the client's traceparent reaches the provider and the log, and with a collector the
// gateway's own spans stand between them.
#include <gmock/gmock.h>

#include <future>
#include <set>

#include "tests/fakes/provider_answers.hpp"
#include "tests/integration/observability/observed_stack.hpp"

namespace balancer::integration {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr const char* kSpan = "00f067aa0ba902b7";
const std::string kParent = std::string("00-") + kTrace + "-" + kSpan + "-01";

fakes::ScriptedResponse accepted() {
  return fakes::ScriptedResponse().status(200).header("content-type", "application/json").send("{}");
}

std::string traceparent_of(const fakes::RecordedRequest& request) {
  return request.headers.value("traceparent").value_or("");
}

class TracingTest : public ObservedStackTest {
 protected:
  TracingTest() { collector_.always(accepted()); }

  void start_with_collector(const std::string& endpoint) {
    start({}, {{"OTEL_EXPORTER_OTLP_ENDPOINT", endpoint}, {"OTEL_BSP_SCHEDULE_DELAY", "50"}});
  }

  // One batch is on its way, two wait, and whatever is more is dropped at once.
  void start_with_a_short_queue(const std::string& endpoint) {
    start({}, {{"OTEL_EXPORTER_OTLP_ENDPOINT", endpoint},
               {"OTEL_BSP_SCHEDULE_DELAY", "50"},
               {"OTEL_BSP_MAX_QUEUE_SIZE", "10"},
               {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "5"}});
  }

  // All spans that the collector was sent.
  [[nodiscard]] std::vector<json> spans() const {
    std::vector<json> all;
    for (const fakes::RecordedRequest& request : collector_.requests()) {
      const json body = json::parse(request.body);
      for (const json& resource : body.at("resourceSpans")) {
        for (const json& scope : resource.at("scopeSpans")) {
          for (const json& span : scope.at("spans")) all.push_back(span);
        }
      }
    }
    return all;
  }

  [[nodiscard]] std::vector<json> wait_for_spans(std::size_t count) const {
    EXPECT_TRUE(eventually([&] { return spans().size() >= count; }));
    return spans();
  }

  [[nodiscard]] double dropped_spans() {
    return stack().gateway().metric("balancer_gateway_spans_dropped_total").value_or(-1);
  }

  fakes::FakeProvider collector_;
};

TEST_F(TracingTest, WithoutACollectorTheClientsTraceReachesTheProviderUntouchedAndTheLog) {
  start();

  const json record = access_record(ask("claude-x", {{"traceparent", kParent}}));

  EXPECT_EQ(traceparent_of(first_.requests().at(0)), kParent);
  EXPECT_EQ(record.at("trace_id"), kTrace);
}

TEST_F(TracingTest, WithoutACollectorNoTraceIsMadeUp) {
  start();

  const json record = access_record(ask());

  EXPECT_EQ(traceparent_of(first_.requests().at(0)), "");
  EXPECT_FALSE(record.contains("trace_id"));
}

TEST_F(TracingTest, SpansOfARequestAndItsAttemptsHangUnderTheClientsSpan) {
  first_.always(fakes::overloaded());
  start_with_collector(collector_.base_url());

  ASSERT_EQ(ask("claude-x", {{"traceparent", kParent}}).status, 200);

  const std::vector<json> all = wait_for_spans(3);
  ASSERT_THAT(all, SizeIs(3));
  const json& server = all[0];
  EXPECT_EQ(server.at("traceId"), kTrace);
  EXPECT_EQ(server.at("parentSpanId"), kSpan);
  EXPECT_EQ(server.at("name"), "messages");
  for (std::size_t i : {1u, 2u}) {
    EXPECT_EQ(all[i].at("traceId"), kTrace);
    EXPECT_EQ(all[i].at("parentSpanId"), server.at("spanId"));
  }
  EXPECT_EQ(all[1].at("status").at("code"), 2);
  // Each provider is a child of its own attempt.
  const std::string to_first = traceparent_of(first_.requests().at(0));
  const std::string to_second = traceparent_of(second_.requests().at(0));
  EXPECT_EQ(to_first, std::string("00-") + kTrace + "-" + all[1].at("spanId").get<std::string>() + "-01");
  EXPECT_EQ(to_second, std::string("00-") + kTrace + "-" + all[2].at("spanId").get<std::string>() + "-01");
}

TEST_F(TracingTest, WithACollectorEveryRequestHasATraceOfItsOwn) {
  start_with_collector(collector_.base_url());

  const json one = access_record(ask());
  const json other = access_record(ask());

  EXPECT_THAT(one.at("trace_id").get<std::string>(), SizeIs(32));
  EXPECT_NE(one.at("trace_id"), other.at("trace_id"));
  EXPECT_THAT(traceparent_of(first_.requests().at(0)), HasSubstr(one.at("trace_id").get<std::string>()));
}

// promises.md T50.
TEST_F(TracingTest, TwelveParallelRequestsKeepTheirOwnTraces) {
  start({"auth: { enabled: true, keys: [{ name: alice, key: alices-key }] }"},
        {{"OTEL_EXPORTER_OTLP_ENDPOINT", collector_.base_url()}, {"OTEL_BSP_SCHEDULE_DELAY", "50"}});
  std::vector<std::future<int>> answers;
  for (int i = 0; i < 12; ++i) {
    answers.push_back(std::async(std::launch::async, [this, i] {
      const std::string trace = std::string("4bf92f3577b34da6a3ce929d0e0e47") + (i < 10 ? "0" : "") + std::to_string(i);
      const json body{{"model", "claude-" + std::to_string(i)},
                      {"max_tokens", 1},
                      {"messages", {{{"role", "user"}, {"content", trace}}}}};
      return client()
          .post("/v1/messages", body.dump(),
                {{"x-api-key", "alices-key"}, {"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"}})
          .status;
    }));
  }
  for (auto& answer : answers) EXPECT_EQ(answer.get(), 200);

  ASSERT_THAT(first_.requests(), SizeIs(12));
  for (const fakes::RecordedRequest& request : first_.requests()) {
    const std::string trace = json::parse(request.body).at("messages").at(0).at("content");
    EXPECT_THAT(traceparent_of(request), StartsWith("00-" + trace + "-"));
  }
}

TEST_F(TracingTest, WhatTheClientDoesNotWantSampledIsNotExported) {
  start_with_collector(collector_.base_url());
  ASSERT_EQ(ask("claude-x", {{"traceparent", std::string("00-") + kTrace + "-" + kSpan + "-00"}}).status, 200);

  ASSERT_EQ(ask().status, 200);

  for (const json& span : wait_for_spans(2)) EXPECT_NE(span.at("traceId"), kTrace);
  EXPECT_THAT(traceparent_of(first_.requests().at(0)), testing::EndsWith("-00"));
}

TEST_F(TracingTest, ACollectorThatIsDownCostsSpansAndNoRequest) {
  start_with_a_short_queue("http://127.0.0.1:1");

  for (int i = 0; i < 20; ++i) ASSERT_EQ(ask().status, 200);

  // A request has two, its own and its attempt's: 40, of which at most 15 are still hoped for.
  EXPECT_TRUE(eventually([this] { return dropped_spans() >= 25; }));
  EXPECT_EQ(stack().gateway().metric("balancer_gateway_spans_exported_total"), 0);
  stack().gateway().process().signal(SIGTERM);
  EXPECT_EQ(stack().gateway().process().wait_for_exit().code, 0);
}

TEST_F(TracingTest, ACollectorThatHangsDelaysNothing) {
  collector_.always(fakes::hang());
  start_with_a_short_queue(collector_.base_url());
  ASSERT_EQ(ask().status, 200);
  ASSERT_TRUE(collector_.wait_for_requests(1));

  for (int i = 0; i < 20; ++i) ASSERT_EQ(ask().status, 200);

  EXPECT_EQ(collector_.request_count(), 1u) << "it was answered, or given up, before the questions were over";
  EXPECT_TRUE(eventually([this] { return dropped_spans() >= 20; }));
  stack().gateway().process().signal(SIGTERM);
  EXPECT_EQ(stack().gateway().process().wait_for_exit().code, 0);
}

TEST_F(TracingTest, NoSpanHoldsAPromptOrACredential) {
  start_with_collector(collector_.base_url());
  const json body{{"model", "claude-x"}, {"max_tokens", 1}, {"messages", {{{"role", "user"}, {"content", "canary-prompt"}}}}};
  ASSERT_EQ(client().post("/v1/messages?key=canary-query", body.dump(), {{"x-api-key", "canary-key"}}).status, 200);

  static_cast<void>(wait_for_spans(2));

  for (const fakes::RecordedRequest& request : collector_.requests()) {
    EXPECT_THAT(request.raw, AllOf(Not(HasSubstr("canary")), HasSubstr("resourceSpans")));
  }
}

TEST_F(TracingTest, AnEndpointThatCannotBeFollowedIsSaidAtTheStart) {
  const Ended ended = run({"balancer-gateway",
                           {"--control-plane", "127.0.0.1:1", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"},
                           {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}});

  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("OTEL_EXPORTER_OTLP_PROTOCOL"));
}

}  // namespace
}  // namespace balancer::integration

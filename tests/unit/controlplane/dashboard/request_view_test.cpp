#include "controlplane/dashboard/request_view.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using nlohmann::ordered_json;
using routing::TargetVerdict;

ExplainedTarget target(std::string provider, int position, TargetVerdict verdict) {
  ExplainedTarget made;
  made.provider = std::move(provider);
  made.position = position;
  made.verdict = verdict;
  made.remaining_cooldown = 3s;
  return made;
}

ObservedRequest asked() {
  ObservedRequest request;
  request.summary.request_id = "req_1";
  request.summary.model = "claude-sonnet-4-5";
  request.summary.caller = "alice";
  request.summary.route = "*sonnet*";
  request.summary.stream = true;
  request.time = std::chrono::system_clock::time_point(1'767'225'600s);
  request.gateway_id = "gw-1";
  request.reason = "A: first by priority";
  RouteExplanation& explanation = request.explanation.emplace();
  explanation.route = "*sonnet*";
  explanation.strategy = routing::SelectionStrategy::kLeastLatency;
  return request;
}

ObservedRequest done() {
  ObservedRequest request = asked();
  request.running = false;
  routing::RequestSummary& summary = request.summary;
  summary.cache = CacheOutcome::kMiss;
  summary.status = 200;
  summary.total_time = 1200ms;
  summary.time_to_first_byte = 300ms;
  summary.provider = "B";
  summary.upstream_model = "m";
  summary.input_token_count = 10;
  summary.output_token_count = 20;
  summary.attempts.push_back({.provider = "A",
                              .upstream_model = "x",
                              .outcome = routing::AttemptOutcome::kTransient,
                              .status = 529,
                              .detail = "HTTP 529 overloaded_error",
                              .total_time = 200ms});
  return request;
}

TEST(RequestViewTest, ShowsARunningRequestWithoutAnEnd) {
  const ordered_json view = request_view(asked());

  EXPECT_EQ(view["id"], "req_1");
  EXPECT_EQ(view["time"], "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(view["gateway"], "gw-1");
  EXPECT_EQ(view["caller"], "alice");
  EXPECT_EQ(view["route"], "*sonnet*");
  EXPECT_EQ(view["strategy"], "least_latency");
  EXPECT_EQ(view["stream"], true);
  EXPECT_EQ(view["state"], "running");
  EXPECT_EQ(view["reason"], "A: first by priority");
  for (const char* const key : {"status", "duration_seconds", "time_to_first_byte_seconds"}) {
    EXPECT_TRUE(view[key].is_null()) << key;
  }
  for (const char* const key : {"cache", "outcome", "provider", "upstream_model"}) EXPECT_EQ(view[key], "") << key;
}

TEST(RequestViewTest, ShowsHowARequestEnded) {
  const ordered_json view = request_view(done());

  EXPECT_EQ(view["state"], "done");
  EXPECT_EQ(view["status"], 200);
  EXPECT_EQ(view["outcome"], "success");
  EXPECT_EQ(view["cache"], "miss");
  EXPECT_EQ(view["duration_seconds"], 1.2);
  EXPECT_EQ(view["time_to_first_byte_seconds"], 0.3);
  EXPECT_EQ(view["provider"], "B");
  EXPECT_EQ(view["upstream_model"], "m");
  EXPECT_EQ(view["input_tokens"], 10);
  EXPECT_EQ(view["output_tokens"], 20);
  EXPECT_EQ(view["attempts"], ordered_json::array({{{"provider", "A"},
                                                    {"model", "x"},
                                                    {"outcome", "transient"},
                                                    {"status", 529},
                                                    {"detail", "HTTP 529 overloaded_error"},
                                                    {"duration_seconds", 0.2}}}));
}

TEST(RequestViewTest, ShowsHowEachTargetWasJudged) {
  ObservedRequest request = asked();
  request.explanation->targets = {target("A", 1, TargetVerdict::kUsable),    target("B", 2, TargetVerdict::kWarming),
                                  target("C", 3, TargetVerdict::kProbeDue),  target("D", 0, TargetVerdict::kCooling),
                                  target("E", 0, TargetVerdict::kBusy),      target("F", 0, TargetVerdict::kDisabled),
                                  target("G", 0, TargetVerdict::kNotPinned)};
  request.explanation->targets[1].upstream_model = "m";

  const ordered_json targets = request_view(request)["targets"];

  std::vector<std::string> verdicts;
  for (const ordered_json& shown : targets) verdicts.push_back(shown["verdict"]);
  EXPECT_THAT(verdicts, testing::ElementsAre("usable", "warming up", "probe due", "cooling", "busy", "disabled",
                                             "another provider is asked for"));
  EXPECT_EQ(targets[0]["model"], "passthrough");
  EXPECT_EQ(targets[0]["position"], 1);
  EXPECT_TRUE(targets[0]["remaining_cooldown_seconds"].is_null());
  EXPECT_EQ(targets[1]["model"], "m");
  EXPECT_TRUE(targets[3]["position"].is_null());
  EXPECT_EQ(targets[3]["remaining_cooldown_seconds"], 3.0);
}

TEST(RequestViewTest, HasNoStrategyOfARequestWithoutARoute) {
  ObservedRequest request = asked();
  request.explanation->route.clear();
  EXPECT_EQ(request_view(request)["strategy"], "");

  request.explanation.reset();

  EXPECT_EQ(request_view(request)["strategy"], "");
  EXPECT_TRUE(request_view(request)["targets"].empty());
}

}  // namespace
}  // namespace balancer::controlplane

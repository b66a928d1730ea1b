#include "controlplane/cli/explanation_view.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace balancer::controlplane::cli {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

v1::ExplainedTarget& add_target(v1::ExplainRouteResponse& explanation, const std::string& provider, int position,
                                v1::TargetVerdict verdict) {
  v1::ExplainedTarget& target = *explanation.add_targets();
  target.set_provider(provider);
  target.set_upstream_model("passthrough");
  target.set_position(position);
  target.set_verdict(verdict);
  return target;
}

v1::ExplainRouteRequest question(const std::string& session = {}) {
  v1::ExplainRouteRequest request;
  request.set_model("claude-sonnet-4-5");
  request.set_session_id(session);
  return request;
}

v1::ExplainRouteResponse one_cooling() {
  v1::ExplainRouteResponse explanation;
  explanation.set_route("*sonnet*");
  explanation.set_selection_strategy(v1::SELECTION_STRATEGY_ROUND_ROBIN);
  explanation.set_session_provider("B");
  add_target(explanation, "B", 1, v1::TARGET_VERDICT_USABLE);
  v1::ExplainedTarget& cooling = add_target(explanation, "A", 0, v1::TARGET_VERDICT_COOLING);
  cooling.set_upstream_model("big-model-2");
  cooling.mutable_remaining_cooldown()->set_seconds(23);
  cooling.set_last_error("HTTP 529 overloaded_error");
  add_target(explanation, "C", 0, v1::TARGET_VERDICT_DISABLED);
  return explanation;
}

TEST(ExplanationViewTest, ShowsEveryTargetAndItsVerdict) {
  EXPECT_EQ(explanation_text(question("s1"), one_cooling()),
            "route     *sonnet*  (round_robin)\n"
            "session   goes to B\n"
            "#  PROVIDER  MODEL        VERDICT\n"
            "1  B         passthrough  usable\n"
            "-  A         big-model-2  cooling for 23s: HTTP 529 overloaded_error\n"
            "-  C         passthrough  disabled\n");
}

TEST(ExplanationViewTest, SpeaksOfASessionOnlyWhenAsked) {
  v1::ExplainRouteResponse explanation = one_cooling();
  EXPECT_THAT(explanation_text(question(), explanation), Not(HasSubstr("session")));

  explanation.set_session_provider("A");
  EXPECT_THAT(explanation_text(question("s1"), explanation), HasSubstr("session   has A, goes to B now\n"));

  explanation.clear_session_provider();
  EXPECT_THAT(explanation_text(question("s1"), explanation), HasSubstr("session   has no provider yet\n"));
}

TEST(ExplanationViewTest, TellsLastResortsAndProbesFromTheUsable) {
  v1::ExplainRouteResponse explanation;
  explanation.set_route("*");
  add_target(explanation, "a", 1, v1::TARGET_VERDICT_PROBE_DUE).set_last_error("timeout");
  add_target(explanation, "b", 2, v1::TARGET_VERDICT_COOLING).mutable_remaining_cooldown()->set_seconds(90);
  add_target(explanation, "c", 0, v1::TARGET_VERDICT_PROBE_DUE);
  add_target(explanation, "d", 0, v1::TARGET_VERDICT_COOLING).mutable_remaining_cooldown();
  add_target(explanation, "e", 0, v1::TARGET_VERDICT_BUSY);
  add_target(explanation, "f", 0, v1::TARGET_VERDICT_NOT_PINNED);
  add_target(explanation, "g", 3, v1::TARGET_VERDICT_WARMING);

  const std::string text = explanation_text(question(), explanation);

  EXPECT_THAT(text, HasSubstr("cooldown over, tried as a probe: timeout\n"));
  EXPECT_THAT(text, HasSubstr("cooling for 1m30s, tried as a last resort\n"));
  EXPECT_THAT(text, HasSubstr("cooldown over, waits for a probe\n"));
  EXPECT_THAT(text, HasSubstr("being probed\n"));
  EXPECT_THAT(text, HasSubstr("busy: has as many requests as it may\n"));
  EXPECT_THAT(text, HasSubstr("another provider is asked for\n"));
  EXPECT_THAT(text, HasSubstr("usable, but warming up\n"));
}

TEST(ExplanationViewTest, SaysWhyNobodyWouldServe) {
  v1::ExplainRouteResponse explanation;
  explanation.set_rejection("model: x matches no entry of model_routes");

  EXPECT_EQ(explanation_text(question(), explanation),
            "route     none\n"
            "refused   model: x matches no entry of model_routes\n");
}

TEST(ExplanationViewTest, GivesProgramsTheSameAsJson) {
  const ordered_json json = explanation_json(one_cooling());

  EXPECT_EQ(json["route"], "*sonnet*");
  EXPECT_EQ(json["selection_strategy"], "round_robin");
  EXPECT_EQ(json["session_provider"], "B");
  EXPECT_TRUE(json["rejection"].is_null());
  EXPECT_EQ(json["targets"][0]["position"], 1);
  EXPECT_EQ(json["targets"][0]["verdict"], "usable");
  EXPECT_TRUE(json["targets"][0]["remaining_cooldown_seconds"].is_null());
  EXPECT_EQ(json["targets"][1], ordered_json({{"position", nullptr},
                                              {"provider", "A"},
                                              {"model", "big-model-2"},
                                              {"verdict", "cooling"},
                                              {"remaining_cooldown_seconds", 23.0},
                                              {"last_error", "HTTP 529 overloaded_error"}}));
}

TEST(ExplanationViewTest, KnowsWhenTheOrderIsAMatterOfDice) {
  v1::ExplainRouteResponse explanation;
  explanation.set_selection_strategy(v1::SELECTION_STRATEGY_RANDOM);
  add_target(explanation, "a", 1, v1::TARGET_VERDICT_USABLE);
  EXPECT_FALSE(is_order_random(explanation));

  add_target(explanation, "b", 2, v1::TARGET_VERDICT_USABLE);
  EXPECT_TRUE(is_order_random(explanation));

  explanation.set_session_provider("a");
  EXPECT_FALSE(is_order_random(explanation));
}

}  // namespace
}  // namespace balancer::controlplane::cli

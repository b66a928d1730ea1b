// The doctor's view of the real gateway.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/doctor/examination.hpp"
#include "tests/integration/doctor/fake_gateway.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace controlplane::cli;
using testing::HasSubstr;
using testing::Not;

class ExaminedBalancerTest : public testing::Test {
 protected:
  ExaminedBalancerTest() {
    provider_.always([](const fakes::RecordedRequest& request) { return good_answer(endpoint_of(request)); });
  }

  [[nodiscard]] std::string config(const std::string& settings = "") const {
    return "providers:\n  - { name: mirror, type: anthropic, base_url: \"" + provider_.base_url() +
           "\", auth_value: key-of-mirror }\n"
           "model_routes:\n  claude-haiku-test:\n    - { provider: mirror, model: passthrough, priority: 1 }\n" +
           settings;
  }
  [[nodiscard]] static std::string url_of(Standalone& stack) {
    return "http://127.0.0.1:" + std::to_string(stack.gateway().listening().port("http"));
  }

  fakes::FakeProvider provider_;
};

TEST_F(ExaminedBalancerTest, PassesEveryCheck) {
  Standalone stack(config());

  const DoctorReport report = examine(settings_for(url_of(stack)));

  EXPECT_EQ(verdicts(report),
            "base URL ok, credentials ok, proxy ok, connection ok, model list ok, token count ok, message ok, stream ok, "
            "stream pace ok")
      << everything_said(report);
  EXPECT_THAT(check_named(report, "message").seen, HasSubstr("by provider mirror"));
  EXPECT_THAT(check_named(report, "stream").seen, HasSubstr("by provider mirror"));
  EXPECT_THAT(everything_said(report), Not(HasSubstr(kToken)));
}

TEST_F(ExaminedBalancerTest, TellsAMissingAndAWrongKeyFromTheRightOne) {
  Standalone stack(config(std::string("settings:\n  auth:\n    enabled: true\n    keys:\n") +
                                "      - { name: me, key: " + kToken + " }\n"));
  DoctorSettings settings = settings_for(url_of(stack));

  const DoctorReport right = examine(settings);
  settings.auth_token = Secret("another-secret");
  const DoctorReport wrong = examine(settings);
  settings.auth_token = Secret();
  const DoctorReport missing = examine(settings);

  EXPECT_EQ(exit_status(right), 0) << everything_said(right);
  EXPECT_EQ(exit_status(wrong), 1);
  EXPECT_THAT(check_named(wrong, "model list").seen, HasSubstr("the key in ANTHROPIC_AUTH_TOKEN is refused"));
  EXPECT_THAT(everything_said(wrong), Not(HasSubstr("another-secret")));
  EXPECT_EQ(check_named(missing, "credentials").verdict, CheckVerdict::kWarning);
  EXPECT_THAT(check_named(missing, "model list").seen, HasSubstr("a key is wanted"));
}

TEST_F(ExaminedBalancerTest, NamesAPrefixThatTheGatewayDoesNotHave) {
  Standalone stack(config());

  const Check check = check_named(examine(settings_for(url_of(stack) + "/anthropic")), "model list");

  EXPECT_EQ(check.verdict, CheckVerdict::kFailed);
  EXPECT_THAT(check.advice, HasSubstr("path is wrong"));
}

TEST_F(ExaminedBalancerTest, NamesAModelThatIsNotRouted) {
  Standalone stack(config());
  DoctorSettings settings = settings_for(url_of(stack));
  settings.model = "claude-unheard-of";

  const Check check = check_named(examine(settings), "message");

  EXPECT_EQ(check.verdict, CheckVerdict::kFailed);
  EXPECT_THAT(check.seen, HasSubstr("404"));
  EXPECT_THAT(check.advice, HasSubstr("balancerctl get routes"));
}

TEST_F(ExaminedBalancerTest, NamesProvidersThatCannotAnswer) {
  Standalone stack(config());
  provider_.always(fakes::overloaded());

  const Check check = check_named(examine(settings_for(url_of(stack))), "message");

  EXPECT_EQ(check.verdict, CheckVerdict::kFailed);
  EXPECT_THAT(check.advice, HasSubstr("balancerctl get providers"));
}

TEST_F(ExaminedBalancerTest, SeesThroughTheGatewayThatAProviderBuffers) {
  Standalone stack(config());
  provider_.always([](const fakes::RecordedRequest& request) {
    const Endpoint endpoint = endpoint_of(request);
    return endpoint == Endpoint::kStream ? buffered_stream() : good_answer(endpoint);
  });

  const Check check = check_named(examine(settings_for(url_of(stack))), "stream pace");

  EXPECT_EQ(check.verdict, CheckVerdict::kFailed);
  EXPECT_THAT(check.seen, HasSubstr("all at once"));
}

}  // namespace
}  // namespace balancer::integration

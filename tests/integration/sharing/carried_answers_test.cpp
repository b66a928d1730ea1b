// A stored answer comes with the decision that there is one: the control plane is asked once, unless the answer is long.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/sharing/cached_stack.hpp"
#include "tests/integration/support/metrics.hpp"

namespace balancer::integration {
namespace {

using fakes::HttpResponse;

// Twice what goes with a decision.
const std::string kLongText(64 * 1024, 'x');

class CarriedAnswersTest : public CacheTest, public testing::WithParamInterface<AnswerForm> {
 protected:
  struct Counts {
    double hits = 0;
    double fetches = 0;
  };
  // What the control plane says of itself.
  static Counts counts_of(const fakes::HttpClient& control_http) {
    const std::string text = control_http.get("/metrics").body;
    return {metric_value(text, "balancer_controlplane_cache_hits_total").value_or(-1),
            metric_value(text, "balancer_controlplane_cache_fetches_total").value_or(-1)};
  }

  // So many hits more of an answer that is stored already.
  static void hit(const fakes::HttpClient& client, int count, std::string_view text) {
    for (int i = 0; i < count; ++i) {
      const HttpResponse response = ask(client, "hello", GetParam());
      EXPECT_EQ(cache_of(response), "hit");
      EXPECT_EQ(text_of(response), text);
      EXPECT_EQ(provider_of(response), "only");
    }
  }
};

TEST_P(CarriedAnswersTest, AShortOneIsNotFetched) {
  provider_.always(answers("short"));
  SplitStack stack(config(), gateways(2));
  ASSERT_EQ(cache_of(ask(stack.client(0))), "miss");
  ASSERT_TRUE(is_stored(stack.client(1)));
  const Counts before = counts_of(stack.control_http());

  for (const std::size_t gateway : {0, 1}) hit(stack.client(gateway), 3, "short");

  const Counts after = counts_of(stack.control_http());
  EXPECT_EQ(after.hits, before.hits + 6);
  EXPECT_EQ(after.fetches, 0);
  EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_P(CarriedAnswersTest, ALongOneIsFetchedOnceAHit) {
  provider_.always(answers(kLongText));
  SplitStack stack(config(), gateways(2));
  ASSERT_EQ(cache_of(ask(stack.client(0))), "miss");
  ASSERT_TRUE(is_stored(stack.client(1)));
  const Counts before = counts_of(stack.control_http());

  for (const std::size_t gateway : {0, 1}) hit(stack.client(gateway), 3, kLongText);

  const Counts after = counts_of(stack.control_http());
  EXPECT_EQ(after.hits, before.hits + 6);
  EXPECT_EQ(after.fetches, before.fetches + 6);
  EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_P(CarriedAnswersTest, InOneProcessNoneIsFetched) {
  provider_.always(answers(kLongText));
  Standalone balancer(config(), {.environment = {},
                                 .gateway_arguments = {"--http-listen", "127.0.0.1:0"},
                                 .controlplane_arguments = {}});
  const fakes::HttpClient control_http(balancer.gateway().listening().port("control_http"));
  ASSERT_EQ(cache_of(ask(balancer.client())), "miss");
  ASSERT_TRUE(is_stored(balancer.client()));
  const Counts before = counts_of(control_http);

  hit(balancer.client(), 3, kLongText);

  const Counts after = counts_of(control_http);
  EXPECT_EQ(after.hits, before.hits + 3);
  EXPECT_EQ(after.fetches, 0);
  EXPECT_EQ(provider_.request_count(), 1U);
}

INSTANTIATE_TEST_SUITE_P(InBothForms, CarriedAnswersTest, testing::Values(AnswerForm::kDocument, AnswerForm::kStream),
                         [](const testing::TestParamInfo<AnswerForm>& instance) {
                           return instance.param == AnswerForm::kStream ? "Stream" : "Document";
                         });

}  // namespace
}  // namespace balancer::integration

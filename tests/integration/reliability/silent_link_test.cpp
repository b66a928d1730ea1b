// A link that falls silent without a word, as when a cable is pulled: no request waits for what cannot come, the loss is
// noticed though nobody says it, and so is the end of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "tests/fakes/silent_link.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/load.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;

class SilentLinkTest : public testing::Test {
 protected:
  SilentLinkTest() {
    provider_.always(answers("hello"));
    StackOptions options = gateways(2);
    options.link = &link_;
    stack_.emplace(config_for({{"only", provider_.base_url()}}), options);
  }

  [[nodiscard]] auto connected(std::size_t gateway, int value) const {
    return [this, gateway, value] {
      return stack_->gateway(gateway).metric("balancer_gateway_control_plane_connected") == value;
    };
  }

  fakes::SilentLink link_;
  fakes::FakeProvider provider_;
  mutable std::optional<SplitStack> stack_;
};

TEST_F(SilentLinkTest, IsNoticedByThoseWhoAskAndThoseWhoDoNotAndIsHealed) {
  for (const std::size_t gateway : {0U, 1U}) ASSERT_TRUE(eventually(connected(gateway, 1)));
  SteadyLoad load({.ports = {stack_->gateway(0).listening().port("http")}, .clients = 4});
  load.wait_for_answers(50);

  link_.fall_silent();

  // Whoever asks finds out by the answers that do not come, the other one by the sign of life that does not: 10 s until it
  // is asked for, 5 s to wait for it.
  EXPECT_TRUE(eventually(connected(0, 0), 5s));
  EXPECT_TRUE(eventually(connected(1, 0), 20s));
  load.wait_for_answers(100);
  link_.heal();
  for (const std::size_t gateway : {0U, 1U}) EXPECT_TRUE(eventually(connected(gateway, 1), 5s)) << gateway;
  load.wait_for_answers(50);

  EXPECT_THAT(load.stop().failures, testing::IsEmpty());
  EXPECT_EQ(stack_->client(1).get("/providers").status, 200);
  EXPECT_FALSE(link_.has_answered_with("too_many_pings"));
}

}  // namespace
}  // namespace balancer::integration

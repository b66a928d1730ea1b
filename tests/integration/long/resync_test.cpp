// Fifty gateways lose their control plane together: they come back within seconds of its return, not all in one moment, and
// with what they knew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gateway/controlplane_client/control_plane_link.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/rate_load.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using gateway::ControlPlaneLink;

constexpr std::size_t kLinks = 50;
constexpr std::size_t kRate = 100;

// The part of a gateway that the control plane knows.
std::unique_ptr<ControlPlaneLink> connect(const std::string& control_plane, std::size_t number) {
  gateway::ControlPlaneLinkSettings settings;
  settings.target = control_plane;
  settings.gateway_id = "link-" + std::to_string(number);
  auto link = std::make_unique<ControlPlaneLink>(
      gateway::connect_control_plane(control_plane), settings,
      [](const std::shared_ptr<const Snapshot>&) -> std::optional<std::string> { return std::nullopt; });
  link->start();
  return link;
}

class ResyncTest : public testing::Test {
 protected:
  [[nodiscard]] std::size_t connected() const {
    return static_cast<std::size_t>(
        std::count_if(links_.begin(), links_.end(), [](const auto& link) { return link->connected(); }));
  }
  // How many came back in each second, until all have.
  [[nodiscard]] std::array<std::size_t, 10> returns_by_second() const {
    std::array<std::size_t, 10> returns{};
    const auto since = std::chrono::steady_clock::now();
    std::size_t seen = 0;
    while (seen < kLinks) {
      const auto second = std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - since).count();
      if (second >= static_cast<std::int64_t>(returns.size())) break;
      const std::size_t now = connected();
      returns[static_cast<std::size_t>(second)] += now - std::min(seen, now);
      seen = std::max(seen, now);
      std::this_thread::sleep_for(10ms);
    }
    return returns;
  }

  std::vector<std::unique_ptr<ControlPlaneLink>> links_;
};

TEST_F(ResyncTest, IsDoneWithinTenSecondsAndNotInOneMoment) {
  fakes::FakeProvider first;
  fakes::FakeProvider second;
  first.always(fakes::rate_limited(600s));
  second.always(answers("from the second"));
  SplitStack stack(config_for({{"first", first.base_url()}, {"second", second.base_url()}}, "failure_cooldown_limit: 900"));
  ASSERT_EQ(text_of(ask(stack.client())), "from the second");
  ASSERT_TRUE(eventually([&] { return listed_provider(stack.client(), "first").at("status") == "cooling"; }));
  const std::size_t asked = first.request_count();
  for (std::size_t i = 0; i < kLinks; ++i) links_.push_back(connect(stack.control_address(), i));
  ASSERT_TRUE(eventually([&] { return connected() == kLinks; }));
  RateLoad load({.ports = {stack.gateway().listening().port("http")}, .rate = kRate});
  load.wait_for_answers(kRate);

  stack.kill_control_plane();
  ASSERT_TRUE(eventually([&] { return connected() == 0; }, 5s));
  load.wait_for_answers(15 * kRate);
  stack.start_control_plane();
  const std::array<std::size_t, 10> returns = returns_by_second();
  for (const std::size_t count : returns) std::cout << count << ' ';
  std::cout << "came back in each second" << std::endl;

  EXPECT_EQ(connected(), kLinks);
  // They try again every 2 to 3 seconds, each at its own moments: a third or a half fall into one second.
  EXPECT_LE(*std::max_element(returns.begin(), returns.end()), kLinks * 3 / 4);
  ASSERT_TRUE(eventually([&] { return stack.client().get("/providers").status == 200; }, 5s));
  EXPECT_EQ(listed_provider(stack.client(), "first").at("status"), "cooling");
  EXPECT_EQ(first.request_count(), asked);
  EXPECT_THAT(load.stop().failures, testing::IsEmpty());
}

}  // namespace
}  // namespace balancer::integration

// Thousands of streams at once, each with an event a second: none is dropped, none loses an event, each costs little.
//
// BALANCER_MANY_STREAMS (default: 2000) of them for BALANCER_MANY_STREAMS_SECONDS (default: 60). A stream takes two
// descriptors of the gateway and two of the test: 5000 need `ulimit -n` to be at least 10500.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/integration/long/paced_provider.hpp"
#include "tests/integration/long/stream_crowd.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/stack.hpp"
#include "tests/integration/support/under_sanitizer.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;

std::size_t number_from(const char* variable, std::size_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoul(text);
}

TEST(ManyStreamsTest, AreAllServedToTheirEndsForLessThanSixtyFourKilobytesEach) {
  const std::size_t streams = number_from("BALANCER_MANY_STREAMS", 2000);
  const std::size_t seconds = number_from("BALANCER_MANY_STREAMS_SECONDS", 60);
  PacedProvider provider;
  SplitStack stack(config_for({{"only", provider.base_url()}}));
  const Process& gateway = stack.gateway().process();
  ASSERT_EQ(stack.client().get("/v1/models").status, 200);
  const std::size_t descriptors = open_descriptors(gateway);
  const std::size_t memory = resident_bytes(gateway);

  StreamCrowd crowd(stack.gateway().listening().port("http"), streams);
  ASSERT_TRUE(eventually([&] { return crowd.fewest_events() >= seconds || crowd.over_count() > 0; },
                         std::chrono::seconds(seconds) * 3 + 60s));
  const std::size_t memory_open = resident_bytes(gateway);
  EXPECT_EQ(stack.gateway().metric("balancer_gateway_open_requests"), static_cast<double>(streams));
  provider.finish();
  EXPECT_TRUE(eventually([&] { return crowd.over_count() == streams; }, 60s));

  const CrowdResult result = crowd.result();
  const std::size_t bytes_each = (memory_open - memory) / streams;
  std::cout << streams << " streams, " << result.event_count << " events, " << bytes_each << " bytes a stream, "
            << memory_open / 1024 << " KiB resident, delay p50 " << result.p50_delay.count() << " us, p99 "
            << result.p99_delay.count() << " us" << std::endl;
  EXPECT_THAT(result.faults, testing::IsEmpty());
  EXPECT_EQ(result.ended_count, streams);
  EXPECT_GE(result.event_count, streams * seconds);
  // Whoever falls behind does so by more with every event.
  EXPECT_LT(result.p99_delay, 1s);
  if (kMemoryTells) {
    EXPECT_LE(bytes_each, 64u * 1024);
    EXPECT_LE(memory_open, 400u * 1024 * 1024);
  }
  // Idle connections to the provider are kept for a while.
  EXPECT_TRUE(eventually([&] { return open_descriptors(gateway) <= descriptors + 100; }, 120s));
  EXPECT_TRUE(eventually([&] { return stack.gateway().metric("balancer_gateway_open_requests") == 0; }));
}

}  // namespace
}  // namespace balancer::integration

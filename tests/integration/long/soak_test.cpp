// Hours of ordinary life: traffic, a provider that fails now and then, a configuration that changes, clients that
// leave. Nothing is lost, and nothing piles up.
//
// Runs for BALANCER_SOAK_SECONDS (default: 120). From an hour on, the slope of the memory is held to its bar too; in
// less time it is lost in the noise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/long/usage_record.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/rate_load.hpp"
#include "tests/integration/support/stack.hpp"
#include "tests/integration/support/under_sanitizer.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using fakes::FakeProvider;

constexpr std::size_t kRate = 100;
constexpr std::size_t kReloadEvery = 10;
constexpr std::size_t kHour = 3600;
constexpr std::ptrdiff_t kMebibyte = 1024 * 1024;

std::size_t soak_seconds() {
  const char* const text = std::getenv("BALANCER_SOAK_SECONDS");
  return text == nullptr ? 120 : std::stoul(text);
}

// One request in twenty fails, each time in another way, before anything of an answer is sent.
FakeProvider::Responder failing_now_and_then() {
  return [count = std::make_shared<std::atomic<std::size_t>>(0)](const fakes::RecordedRequest& request) {
    const std::size_t number = ++*count;
    if (number % 20 != 0) return answers("from the first")(request);
    switch (number / 20 % 4) {
      case 0: return fakes::server_error();
      case 1: return fakes::overloaded();
      case 2: return fakes::rate_limited(1s);
      default: return fakes::reset_after(0, fakes::json_message("never"));
    }
  };
}

class SoakTest : public testing::Test {
 protected:
  SoakTest() {
    first_.always(failing_now_and_then());
    second_.always(answers("from the second"));
  }

  // A provider comes and goes, with it its pool, its checks and its metrics. Every question is a session of its own,
  // of which nothing is to be kept for longer than a run's first quarter.
  [[nodiscard]] std::string config(std::size_t version) const {
    std::vector<NamedProvider> providers{{"first", first_.base_url()}, {"second", second_.base_url()}};
    if (version % 2 == 1) providers.push_back({"third", second_.base_url()});
    const std::string cooldown = std::to_string(1 + version % 2) + "s";
    return config_for(providers, "sticky_provider_duration: 10s, failure_cooldown: " + cooldown);
  }

  // As many at once as the load can ever ask, after a stall of the machine say: what such a crowd leaves in the allocator is
  // there from the beginning then, and is not taken for growth when it comes later.
  void meet_a_crowd(const fakes::HttpClient& client) {
    const auto held = std::make_shared<fakes::Latch>();
    first_.always([held](const fakes::RecordedRequest& request) { return answers("to all")(request).after(held); });
    std::vector<fakes::HttpConnection> crowd;
    for (std::size_t i = 0; i < RateOptions().most_connections; ++i) {
      const AnswerForm form = i % 2 == 0 ? AnswerForm::kStream : AnswerForm::kDocument;
      crowd.push_back(client.connect());
      crowd.back().send_request("POST", "/v1/messages", message_request(form, "claude-test", std::to_string(i)));
    }
    ASSERT_TRUE(first_.wait_for_requests(crowd.size(), 60s));
    held->release();
    for (fakes::HttpConnection& connection : crowd) EXPECT_EQ(connection.read_response().status, 200);
    first_.always(failing_now_and_then());
  }

  // Half a stream is enough for them.
  static void leave_early(const fakes::HttpClient& client) {
    fakes::HttpConnection connection = client.connect();
    connection.send_request("POST", "/v1/messages", message_request(AnswerForm::kStream, "claude-test", "and gone"));
    connection.reset();
  }

  FakeProvider first_;
  FakeProvider second_;
};

TEST_F(SoakTest, NothingIsLostAndNothingPilesUp) {
  const std::size_t seconds = soak_seconds();
  SplitStack stack(config(0));
  const std::size_t descriptors = open_descriptors(stack.gateway().process());
  meet_a_crowd(stack.client());
  UsageRecord gateway(stack.gateway().process());
  UsageRecord control_plane(stack.control_plane());
  RateLoad load({.ports = {stack.gateway().listening().port("http")}, .rate = kRate});

  std::size_t answer_count = 0;
  for (std::size_t second = 1; second <= seconds; ++second) {
    load.wait_for_answers(kRate);
    leave_early(stack.client());
    if (second % kReloadEvery == 0) {
      stack.write_config(config(second / kReloadEvery));
      EXPECT_EQ(stack.client().post("/providers/reload", "").status, 200);
    }
    gateway.sample();
    control_plane.sample();
    const RateResult result = load.take();
    ASSERT_THAT(result.failures, testing::IsEmpty()) << result.summary();
    answer_count += result.answer_count;
  }

  EXPECT_THAT(load.stop().failures, testing::IsEmpty());
  EXPECT_GE(first_.request_count(), answer_count / 4);
  EXPECT_GE(second_.request_count(), answer_count / 100);
  for (const auto& [name, record] : {std::pair("gateway", &gateway), std::pair("control plane", &control_plane)}) {
    SCOPED_TRACE(name);
    const UsageRecord::Growth growth = record->growth();
    std::cout << name << ": " << growth.summary() << std::endl;
    EXPECT_LE(growth.threads, 0);
    if (!kMemoryTells) continue;
    EXPECT_LE(growth.resident_bytes, 4 * kMebibyte);
    if (seconds < kHour) continue;
    EXPECT_LE(growth.resident_bytes_per_hour, static_cast<double>(kMebibyte));
  }
  // Connections come and go with the load, idle ones to providers are kept for a while: what is left then has leaked.
  EXPECT_TRUE(eventually([&] { return open_descriptors(stack.gateway().process()) <= descriptors + 8; }, 120s));
  // Ends both as an operator does: a sanitizer then looks for what nobody holds any more.
  for (Process* program : {&stack.gateway().process(), &stack.control_plane()}) {
    program->signal(SIGTERM);
    EXPECT_EQ(program->wait_for_exit(60s).code, 0);
  }
}

}  // namespace
}  // namespace balancer::integration

// Open streams are many and long: what they keep must not grow with what was asked.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/integration/conversion/converted_stack.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/stack.hpp"
#include "tests/integration/support/under_sanitizer.hpp"

namespace balancer::integration {
namespace {

constexpr std::size_t kStreams = 60;
constexpr std::size_t kRequestBytes = 2'000'000;

// The provider holds each stream once it has said "begun".
void expect_bodies_given_back(const std::string& config, fakes::Latch& held) {
  Standalone balancer(config);
  const std::string padding(kRequestBytes, 'x');
  std::vector<fakes::HttpConnection> streams;
  const auto open_one = [&] {
    const std::string text = std::to_string(streams.size()) + padding;
    streams.push_back(balancer.client().connect());
    streams.back().send_request("POST", "/v1/messages", message_request(AnswerForm::kStream, "claude-test", text));
    ASSERT_EQ(streams.back().read_head().status, 200);
    ASSERT_NE(streams.back().read_until("begun").find("begun"), std::string::npos);
  };
  open_one();
  const std::size_t before = resident_bytes(balancer.process());

  while (streams.size() <= kStreams) open_one();

  // Less than a fifth of what they have asked with.
  EXPECT_TRUE(eventually([&] {
    return resident_bytes(balancer.process()) < before + kStreams * kRequestBytes / 5;
  }));
  held.release();
  for (fakes::HttpConnection& stream : streams) {
    EXPECT_NE(stream.read_until("message_stop\"}\n\n").find("and finished"), std::string::npos);
  }
}

TEST(StreamMemoryTest, AnOpenStreamKeepsNothingOfItsRequestsBody) {
  if (!kMemoryTells) GTEST_SKIP() << "sanitizers keep memory of their own";
  const auto held = std::make_shared<fakes::Latch>();
  fakes::FakeProvider provider;
  provider.always([held](const fakes::RecordedRequest&) {
    return fakes::sse_stream({"begun", "and finished"}).hold_part(3, held);
  });

  expect_bodies_given_back(config_for({{"only", provider.base_url()}}), *held);
}

TEST(StreamMemoryTest, NorDoesOneThatIsConverted) {
  if (!kMemoryTells) GTEST_SKIP() << "sanitizers keep memory of their own";
  const auto held = std::make_shared<fakes::Latch>();
  fakes::FakeProvider provider;
  provider.always([held](const fakes::RecordedRequest&) {
    return fakes::chat_stream({"begun", "and finished"}).hold_part(2, held);
  });

  expect_bodies_given_back(converted_config({{"only", "openai", provider.base_url() + "/v1"}}), *held);
}

}  // namespace
}  // namespace balancer::integration

#include "gateway/api/content_clock.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_provider.hpp"
#include "tests/unit/common/upstream/upstream_fixture.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;

constexpr const char* kNothing = ": still there\n\n";
constexpr const char* kContent = "data: word\n\n";

class ContentClockTest : public UpstreamFixture {
 protected:
  // Sends a request, then reads the answer to its end with a clock of that limit. `client_time` is spent before each read.
  asio::awaitable<UpstreamResult<std::string>> listen(std::chrono::milliseconds limit,
                                                      std::chrono::milliseconds client_time = 0ms) {
    UpstreamCall call(pool_, patient());
    const std::string request = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n";
    const std::array<asio::const_buffer, 1> buffers{asio::buffer(request)};
    if (auto started = co_await call.start(buffers); !started) co_return started.error();
    ContentClock clock(call, wheel_, limit);
    std::string body;
    while (true) {
      asio::steady_timer client(context_, client_time);
      co_await client.async_wait(asio::use_awaitable);
      clock.begin_wait();
      const UpstreamResult<std::string_view> bytes = co_await call.read_some();
      clock.end_wait();
      if (!bytes) co_return bytes.error();
      if (bytes->empty()) co_return body;
      if (bytes->find("word") != std::string_view::npos) clock.restart();
      body += *bytes;
    }
  }

  fakes::FakeProvider provider_;
  ConnectionPool pool_ = pool_to(plain(provider_.port()));
};

TEST_F(ContentClockTest, ALivelyConnectionDoesNotHideAProviderThatSaysNothing) {
  auto script = fakes::sse_bytes({kContent});
  for (int i = 0; i < 2'000; ++i) script.pause(5ms).send(kNothing);
  provider_.enqueue(script);

  const UpstreamResult<std::string> answer = run(listen(80ms));

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, UpstreamFailureKind::kIdleTimeout);
  EXPECT_TRUE(provider_.wait_for_client_disconnect());
}

TEST_F(ContentClockTest, ContentBeginsTheLimitAnew) {
  auto script = fakes::sse_bytes({});
  for (int i = 0; i < 30; ++i) script.pause(10ms).send(kNothing).pause(10ms).send(kContent);
  provider_.enqueue(script);

  const UpstreamResult<std::string> answer = run(listen(400ms));

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(*answer, script.body());
}

TEST_F(ContentClockTest, ASlowClientIsNotHeldAgainstTheProvider) {
  provider_.enqueue(fakes::sse_bytes({kNothing, kContent}));

  const UpstreamResult<std::string> answer = run(listen(100ms, 250ms));

  EXPECT_TRUE(answer) << answer.error().detail;
}

}  // namespace
}  // namespace balancer::gateway

// What a request costs that is refused for its size, or that is sent in the most expensive way (promises.md T31).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/fakes/fake_provider.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/stack.hpp"
#include "tests/integration/support/under_sanitizer.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;

const std::string kHead = "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n";

struct Oversized {
  const char* name;
  int status;
  std::string bytes;
};

std::string many_fields() {
  std::string fields;
  for (int i = 0; i < 200; ++i) fields += "x-field: value\r\n";
  return fields;
}

std::vector<Oversized> oversized() {
  return {
      {"TheHead", 431, "GET / HTTP/1.1\r\nHost: localhost\r\nx-fill: " + std::string(40'000, 'x') + "\r\n\r\n"},
      {"TheNumberOfFields", 431, "GET / HTTP/1.1\r\nHost: localhost\r\n" + many_fields() + "\r\n"},
      {"TheTarget", 414, "GET /" + std::string(9'000, 'x') + " HTTP/1.1\r\nHost: localhost\r\n\r\n"},
      {"TheDeclaredBody", 413, kHead + "Content-Length: 33554433\r\n\r\n"},
      {"TheChunkExtension", 400, kHead + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(20'000, 'x')},
      {"TheTrailers", 400, kHead + "Transfer-Encoding: chunked\r\n\r\n0\r\nx-trailer: " + std::string(20'000, 'x')},
      {"NothingButTheVersion", 400, "GET / HTTP/9.9\r\n\r\n"},
  };
}

class RequestCostTest : public testing::Test {
 protected:
  RequestCostTest() {
    provider_.always(fakes::json_message("hello"));
    stack_.emplace(edge_config({provider_entry("a", provider_.base_url())}));
  }

  [[nodiscard]] const Process& process() { return stack_->gateway().process(); }

  int status_of(const std::string& bytes) {
    fakes::HttpConnection connection = stack_->client().connect();
    try {
      connection.send_raw(bytes);
    } catch (const fakes::ConversationError&) {
      // Refused before all of it was sent; the answer is there even so.
    }
    const int status = connection.read_response().status;
    connection.close();
    return status;
  }

  fakes::FakeProvider provider_;
  std::optional<SplitStack> stack_;
};

class OversizedRequestTest : public RequestCostTest, public testing::WithParamInterface<Oversized> {};

TEST_P(OversizedRequestTest, IsRefusedForLittleTimeAndMemory) {
  constexpr int kTimes = 100;
  const Oversized& request = GetParam();
  for (int i = 0; i < 20; ++i) ASSERT_EQ(status_of(request.bytes), request.status);
  const std::size_t memory = resident_bytes(process());
  const std::chrono::milliseconds time = cpu_time(process());

  for (int i = 0; i < kTimes; ++i) ASSERT_EQ(status_of(request.bytes), request.status);

  EXPECT_LE((cpu_time(process()) - time) / kTimes, kUnderSanitizer ? 100ms : 10ms);
  if (kMemoryTells) {
    // Pages are the least that memory comes in.
    EXPECT_LE(resident_bytes(process()), memory + kTimes * 100 * request.bytes.size() + 64 * 4096);
  }
  EXPECT_EQ(provider_.request_count(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Of, OversizedRequestTest, testing::ValuesIn(oversized()),
                         [](const auto& info) { return std::string(info.param.name); });

// The most framing that a body can have: six bytes on the wire for each of its own.
std::string in_single_bytes(const std::string& body) {
  std::string bytes = kHead + "Transfer-Encoding: chunked\r\n\r\n";
  for (const char byte : body) bytes += std::string("1\r\n") + byte + "\r\n";
  return bytes + "0\r\n\r\n";
}

TEST_F(RequestCostTest, AFloodOfOneByteChunksCostsNoMoreThanItsBytes) {
  const std::string body = R"({"model":"claude-x","max_tokens":16,"messages":[{"role":"user","content":")" +
                           std::string(200'000, 'x') + R"("}]})";
  const std::string whole = kHead + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  const std::string crumbs = in_single_bytes(body);
  constexpr int kTimes = 10;
  ASSERT_EQ(status_of(whole), 200);
  ASSERT_EQ(status_of(crumbs), 200);
  const std::size_t memory = resident_bytes(process());

  const std::chrono::milliseconds start = cpu_time(process());
  for (int i = 0; i < kTimes; ++i) ASSERT_EQ(status_of(crumbs), 200);
  const std::chrono::milliseconds taken = cpu_time(process()) - start;

  RecordProperty("milliseconds_each", std::to_string(taken.count() / kTimes));
  // 50 ns for each byte on the wire, of which parsing takes a tenth. If each chunk moved the bytes behind it, they would be
  // thousands.
  EXPECT_LE(taken / kTimes, kUnderSanitizer ? 2000ms : 60ms);
  if (kMemoryTells) {
    EXPECT_LE(resident_bytes(process()), memory + 16 * crumbs.size());
  }
  EXPECT_EQ(provider_.requests().back().body, body);
}

TEST_F(RequestCostTest, ExpectedBodiesAreAskedForOnlyIfTheyMayCome) {
  fakes::HttpConnection refused = stack_->client().connect();
  refused.send_raw(kHead + "Content-Length: 33554433\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(refused.read_until_close(), testing::StartsWith("HTTP/1.1 413 "));

  fakes::HttpConnection welcome = stack_->client().connect();
  welcome.send_raw(kHead + "Content-Length: " + std::to_string(small_request().size()) +
                   "\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
  welcome.send_raw(small_request());
  EXPECT_EQ(welcome.read_response().status, 200);
}

}  // namespace
}  // namespace balancer::integration

// More than the gateway takes on at once: what comes beyond is refused quickly and in words, and what was accepted is
// served as ever (promises.md T25).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <vector>

#include "common/process/descriptor_limit.hpp"
#include "tests/fakes/compression.hpp"
#include "tests/fakes/fake_provider.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/rate_load.hpp"
#include "tests/integration/support/stack.hpp"
#include "tests/integration/support/under_sanitizer.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using fakes::HttpConnection;
using fakes::HttpResponse;

constexpr std::size_t kMebibyte = 1024 * 1024;

std::string request(std::size_t number, std::size_t padding = 0, bool stream = false) {
  return R"({"model":"claude-x","max_tokens":16,)" + std::string(stream ? R"("stream":true,)" : "") +
         R"("messages":[{"role":"user","content":"question )" + std::to_string(number) + std::string(padding, 'x') +
         R"("}]})";
}

void expect_told_to_come_back(const HttpResponse& response) {
  EXPECT_EQ(response.status, 529) << response.body;
  EXPECT_EQ(response.headers.value("retry-after"), "1");
  EXPECT_NE(response.headers.value("x-should-retry"), "false");
  EXPECT_EQ(response.json().at("error").at("type"), "overloaded_error");
  EXPECT_FALSE(response.json().at("request_id").get<std::string>().empty());
}

// Of addresses, whether there is memory behind them or not: where a system promises no more memory than it has, they count.
std::size_t reserved_bytes(const Process& process) {
  std::ifstream file("/proc/" + std::to_string(process.id()) + "/statm");
  std::size_t pages = 0;
  EXPECT_TRUE(file >> pages);
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

class OverloadTest : public testing::Test {
 protected:
  OverloadTest() {
    raise_descriptor_limit();
    provider_.always([this](const fakes::RecordedRequest& recorded) {
      const bool stream = recorded.body.find(R"("stream":true)") != std::string::npos;
      fakes::ScriptedResponse script = stream ? fakes::sse_stream({"hello"}) : fakes::json_message("hello");
      return held_ ? script.after(held_) : script;
    });
  }

  void start(std::vector<std::string> flags) {
    StackOptions options;
    options.gateway_arguments = std::move(flags);
    stack_.emplace(edge_config({provider_entry("a", provider_.base_url())}, {"deduplication: {enabled: false}"}),
                   options);
  }

  // Requests that the provider does not answer before held_ is released.
  std::vector<HttpConnection> hold(std::size_t count, std::size_t padding = 0) {
    std::vector<HttpConnection> held;
    const std::size_t before = provider_.request_count();
    for (std::size_t i = 0; i < count; ++i) {
      held.push_back(stack_->client().connect());
      held.back().send_request("POST", "/v1/messages", request(i, padding));
    }
    EXPECT_TRUE(provider_.wait_for_requests(before + count, 30s));
    return held;
  }

  // A request is counted a moment after its answer is out.
  [[nodiscard]] testing::AssertionResult sheds(std::size_t count, const std::string& flag) {
    return eventually([&] { return shed_by(flag) == static_cast<double>(count); });
  }
  [[nodiscard]] double shed_by(const std::string& flag) {
    return stack_->gateway().metric("balancer_gateway_rejections_total", {{"reason", flag}}).value_or(0);
  }

  std::shared_ptr<fakes::Latch> held_ = std::make_shared<fakes::Latch>();
  fakes::FakeProvider provider_;
  std::optional<SplitStack> stack_;
};

TEST_F(OverloadTest, ARequestBeyondThoseUnderWayIsToldToComeBack) {
  start({"--max-in-flight", "3"});
  std::vector<HttpConnection> under_way = hold(3);

  expect_told_to_come_back(stack_->client().post("/v1/messages", request(100)));
  expect_told_to_come_back(stack_->client().post("/v1/messages/count_tokens", request(101)));
  expect_told_to_come_back(stack_->client().get("/v1/models"));

  EXPECT_TRUE(sheds(3, "max_in_flight"));
  EXPECT_EQ(provider_.request_count(), 3u);
  held_->release();
  for (HttpConnection& connection : under_way) EXPECT_EQ(connection.read_response().status, 200);
  EXPECT_TRUE(eventually([&] { return stack_->client().post("/v1/messages", request(102)).status == 200; }));
}

TEST_F(OverloadTest, ProbesAreAnsweredHoweverMuchIsUnderWay) {
  start({"--max-in-flight", "1"});
  const std::vector<HttpConnection> under_way = hold(1);

  for (const char* path : {"/livez", "/readyz", "/health", "/api/hello", "/"}) {
    EXPECT_EQ(stack_->client().get(path).status, 200) << path;
  }
  EXPECT_EQ(stack_->gateway().admin().get("/metrics").status, 200);
  held_->release();
}

TEST_F(OverloadTest, IsRefusedBeforeTheBodyComesAndTheConnectionClosed) {
  start({"--max-in-flight", "1"});
  const std::vector<HttpConnection> under_way = hold(1);
  HttpConnection connection = stack_->client().connect();

  connection.send_raw("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");

  const HttpResponse response = connection.read_response();
  expect_told_to_come_back(response);
  EXPECT_EQ(response.headers.value("connection"), "close");
  EXPECT_EQ(connection.read_some(), "");
  held_->release();
}

// Claude Code sends all of it before it reads: the answer must survive that.
TEST_F(OverloadTest, ARefusalReachesAClientThatSendsALongBodyFirst) {
  start({"--max-in-flight", "1"});
  const std::vector<HttpConnection> under_way = hold(1);

  for (int i = 0; i < 20; ++i) expect_told_to_come_back(stack_->client().post("/v1/messages", request(1, 500'000)));
  held_->release();
}

TEST_F(OverloadTest, AStrangerIsToldNothingOfIt) {
  StackOptions options;
  options.gateway_arguments = {"--max-in-flight", "1"};
  stack_.emplace(edge_config({provider_entry("a", provider_.base_url())}, {"auth:", "  api_key: a-key-of-many-letters"}),
                 options);
  HttpConnection under_way = stack_->client().connect();
  under_way.send_request("POST", "/v1/messages", request(1), {{"x-api-key", "a-key-of-many-letters"}});
  ASSERT_TRUE(provider_.wait_for_requests(1));

  EXPECT_EQ(stack_->client().post("/v1/messages", request(2)).status, 401);

  held_->release();
  EXPECT_EQ(under_way.read_response().status, 200);
}

TEST_F(OverloadTest, AConnectionBeyondTheLimitIsToldToComeBack) {
  start({"--max-connections", "4"});
  std::vector<HttpConnection> open;
  for (int i = 0; i < 4; ++i) {
    open.push_back(stack_->client().connect());
    ASSERT_EQ(open.back().get("/livez").status, 200);
  }

  expect_told_to_come_back(stack_->client().post("/v1/messages", request(1)));
  expect_told_to_come_back(stack_->client().get("/v1/models"));

  EXPECT_TRUE(sheds(2, "max_connections"));
  EXPECT_EQ(stack_->gateway().admin().get("/readyz").status, 200);
  held_->release();
  EXPECT_EQ(open.front().post("/v1/messages", request(2)).status, 200);
  open.clear();
  EXPECT_TRUE(eventually([&] { return stack_->client().post("/v1/messages", request(3)).status == 200; }));
}

TEST_F(OverloadTest, BodiesBeyondTheMemoryForThemAreRefused) {
  start({"--max-body-memory", "4MiB"});
  std::vector<HttpConnection> under_way = hold(3, kMebibyte);

  expect_told_to_come_back(stack_->client().post("/v1/messages", request(1, kMebibyte)));

  EXPECT_TRUE(sheds(1, "max_body_memory"));
  // A smaller one still fits.
  HttpConnection small = stack_->client().connect();
  small.send_request("POST", "/v1/messages", request(2));
  EXPECT_TRUE(provider_.wait_for_requests(4));
  held_->release();
  for (HttpConnection& connection : under_way) EXPECT_EQ(connection.read_response().status, 200);
  EXPECT_EQ(small.read_response().status, 200);
  EXPECT_TRUE(eventually([&] { return stack_->client().post("/v1/messages", request(3, kMebibyte)).status == 200; }));
}

TEST_F(OverloadTest, ABodyCountsAsWhatItIsDecodedTo) {
  start({"--max-body-memory", "4MiB"});
  const std::vector<HttpConnection> under_way = hold(3, kMebibyte);
  const std::string compressed = fakes::compressed(request(1, 2 * kMebibyte), fakes::Coding::kGzip);
  ASSERT_LT(compressed.size(), 100'000u);

  expect_told_to_come_back(stack_->client().post("/v1/messages", compressed, {{"Content-Encoding", "gzip"}}));
  held_->release();
}

TEST_F(OverloadTest, ABodyThatNeverFitsIsTooLarge) {
  start({"--max-body-memory", "1MiB"});

  const HttpResponse response = stack_->client().post("/v1/messages", request(1, 2 * kMebibyte));

  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.json().at("error").at("type"), "request_too_large");
}

// A thousand clients say that they will send 32 MiB each, and send a little.
TEST_F(OverloadTest, AnnouncedBodiesHoldNoMemoryAndKeepNobodyOut) {
  if (!kMemoryTells) GTEST_SKIP() << "sanitizers keep memory of their own";
  start({"--max-body-memory", "64MiB"});
  held_->release();
  ASSERT_EQ(stack_->client().post("/v1/messages", request(0)).status, 200);
  const std::size_t before = resident_bytes(stack_->gateway().process());
  const std::size_t reserved_before = reserved_bytes(stack_->gateway().process());

  std::vector<HttpConnection> announcing;
  for (int i = 0; i < 1000; ++i) {
    announcing.push_back(stack_->client().connect());
    announcing.back().send_raw("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 33000000\r\n\r\n" +
                               std::string(1000, ' '));
  }
  ASSERT_TRUE(eventually([&] { return stack_->gateway().metric("balancer_gateway_open_requests") >= 1000; }));

  EXPECT_EQ(stack_->client().post("/v1/messages", request(1, kMebibyte)).status, 200);
  EXPECT_LT(resident_bytes(stack_->gateway().process()), before + 48 * kMebibyte);
  // A tenth of what was announced.
  EXPECT_LT(reserved_bytes(stack_->gateway().process()), reserved_before + 3300 * kMebibyte);
}

TEST_F(OverloadTest, BodiesThatDoComeHoldNoMoreThanTheirMemory) {
  if (!kMemoryTells) GTEST_SKIP() << "sanitizers keep memory of their own";
  start({"--max-body-memory", "40MiB"});
  held_->release();
  ASSERT_EQ(stack_->client().post("/v1/messages", request(0)).status, 200);
  const std::size_t before = resident_bytes(stack_->gateway().process());
  const std::string part(2 * kMebibyte, ' ');

  std::vector<HttpConnection> sending;
  std::size_t most = 0;
  for (int i = 0; i < 60; ++i) {
    sending.push_back(stack_->client().connect());
    try {
      sending.back().send_raw("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 33000000\r\n\r\n" + part);
    } catch (const fakes::ConversationError&) {
      // Refused, and closed before all of it was sent.
    }
    most = std::max(most, resident_bytes(stack_->gateway().process()));
  }

  EXPECT_TRUE(eventually([&] { return shed_by("max_body_memory") >= 30; }));
  EXPECT_LT(most, before + (40 + 24) * kMebibyte);
  sending.clear();
  EXPECT_TRUE(eventually([&] { return stack_->client().post("/v1/messages", request(1, kMebibyte)).status == 200; }));
}

// Far more is asked than may be under way: what is accepted takes what it always took, what is not is told at once.
TEST_F(OverloadTest, AcceptedRequestsKeepTheirLatencyWhileOthersAreShed) {
  constexpr auto kProviderTakes = 50ms;
  provider_.always([&](const fakes::RecordedRequest& recorded) {
    const bool stream = recorded.body.find(R"("stream":true)") != std::string::npos;
    return (stream ? fakes::sse_stream({"hello"}) : fakes::json_message("hello")).after(kProviderTakes);
  });
  start({"--max-in-flight", "8"});
  const std::uint16_t port = stack_->gateway().listening().port("http");
  RateLoad calm({.ports = {port}, .rate = 40});
  calm.wait_for_answers(80);
  const RateResult baseline = calm.stop();
  ASSERT_TRUE(baseline.failures.empty()) << baseline.summary();

  // 8 at once that take 50 ms are 160 a second at most.
  RateLoad flood({.ports = {port}, .rate = 640});
  flood.wait_for_answers(1900);
  const RateResult result = flood.stop();

  EXPECT_GT(result.answer_count - result.failures.size(), 150u) << result.summary();
  EXPECT_GT(result.failures.size(), 700u) << result.summary();
  std::vector<std::chrono::microseconds> shed;
  for (const RateFailure& failure : result.failures) {
    ASSERT_EQ(failure.status, 529) << failure.what;
    ASSERT_EQ(failure.retry_after, "1");
    shed.push_back(failure.after);
  }
  std::sort(shed.begin(), shed.end());
  // Sooner than a provider could have answered.
  EXPECT_LT(shed[shed.size() / 2], kProviderTakes) << result.summary();
  EXPECT_LT(result.p50, 2 * baseline.p50 + 10ms) << "calm: " << baseline.summary() << "\nflood: " << result.summary();
  EXPECT_TRUE(sheds(result.failures.size(), "max_in_flight"));
  RecordProperty("accepted_alone_p50_us", static_cast<int>(baseline.p50.count()));
  RecordProperty("accepted_in_flood_p50_us", static_cast<int>(result.p50.count()));
  RecordProperty("accepted_alone_p99_us", static_cast<int>(baseline.p99.count()));
  RecordProperty("accepted_in_flood_p99_us", static_cast<int>(result.p99.count()));
  RecordProperty("shed_p50_us", static_cast<int>(shed[shed.size() / 2].count()));
  RecordProperty("shed_p99_us", static_cast<int>(shed[shed.size() * 99 / 100].count()));
  EXPECT_TRUE(eventually([&] { return stack_->client().post("/v1/messages", request(1)).status == 200; }, 5s));
}

// Its listener for operators has a limit as well, which no flag changes.
TEST_F(OverloadTest, TheControlPlanesPageIsServedToABoundedNumberAtOnce) {
  constexpr std::size_t kLimit = 512;
  start({});
  const fakes::HttpClient client = stack_->control_http();
  std::vector<HttpConnection> open;
  for (std::size_t i = 0; i < kLimit; ++i) open.push_back(client.connect());
  ASSERT_EQ(open.back().get("/livez").status, 200);

  EXPECT_EQ(client.get("/livez").status, 529);

  open.clear();
  EXPECT_TRUE(eventually([&] { return client.get("/livez").status == 200; }));
}

TEST(OverloadFlagsTest, AreOfBothProgramsAndCheckTheirValues) {
  for (const char* program : {"balancer", "balancer-gateway"}) {
    const Ended help = run({program, {"--help"}, {}});
    for (const char* flag : {"--max-connections", "BALANCER_MAX_CONNECTIONS", "--max-in-flight", "BALANCER_MAX_IN_FLIGHT",
                             "--max-body-memory", "BALANCER_MAX_BODY_MEMORY", "512MiB", "--drain-delay",
                             "BALANCER_DRAIN_DELAY", "--drain-timeout", "BALANCER_DRAIN_TIMEOUT"}) {
      EXPECT_THAT(help.out, testing::HasSubstr(flag)) << program;
    }
    for (const std::vector<std::string>& wrong :
         {std::vector<std::string>{"--max-connections", "0"}, {"--max-in-flight", "-1"}, {"--max-body-memory", "12"},
          {"--max-body-memory", "much"}, {"--drain-delay", "-1"}, {"--drain-timeout", "soon"}}) {
      std::vector<std::string> arguments = wrong;
      arguments.insert(arguments.end(), {"--config", "/nowhere.yaml"});
      if (program == std::string("balancer-gateway")) arguments = wrong;
      EXPECT_EQ(run({program, arguments, {}}).code, 2) << program << ' ' << wrong[0] << ' ' << wrong[1];
    }
  }
}

TEST(OverloadFlagsTest, MayComeFromTheEnvironment) {
  fakes::FakeProvider provider;
  StackOptions options;
  options.environment = {{"BALANCER_MAX_CONNECTIONS", "1"}};
  const Standalone balancer(edge_config({provider_entry("a", provider.base_url())}), options);
  HttpConnection first = balancer.client().connect();
  ASSERT_EQ(first.get("/livez").status, 200);

  EXPECT_EQ(balancer.client().get("/livez").status, 529);
}

}  // namespace
}  // namespace balancer::integration

// Sizes and encodings of request bodies (protocol.md 1.5, cases 14 and 113).
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "tests/fakes/compression.hpp"
#include "tests/integration/passthrough/passthrough_fixtures.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/under_sanitizer.hpp"

namespace balancer::integration {
namespace {

using enum fakes::Coding;
using fakes::compressed;

constexpr std::size_t kLimit = 33'554'432;

std::string body_of(std::size_t size) {
  std::string body = R"({"model":"m","messages":[{"role":"user","content":")";
  const std::string_view end = R"("}]})";
  body.append(size - body.size() - end.size(), 'x');
  return body.append(end);
}

// From now on, or since start_peak() was called.
void start_peak(const Process& process) {
  std::ofstream("/proc/" + std::to_string(process.id()) + "/clear_refs") << "5";
}
std::size_t peak_resident_bytes(const Process& process) {
  std::ifstream status("/proc/" + std::to_string(process.id()) + "/status");
  for (std::string word; status >> word;) {
    std::size_t kibibytes = 0;
    if (word == "VmHWM:" && status >> kibibytes) return kibibytes * 1024;
  }
  throw std::runtime_error("no VmHWM");
}

// Of one gigabyte, in a series of members that are decoded to one body.
std::string gigabyte_bomb() {
  const std::string member = compressed(std::string(16 * 1024 * 1024, ' '), kGzip);
  std::string bomb = compressed(body_of(1000), kGzip);
  for (int i = 0; i < 64; ++i) bomb += member;
  return bomb;
}

class BodyLimitsTest : public OneProviderTest {
 protected:
  // Megabytes take their time in an instrumented build.
  fakes::HttpClient patient_{{.port = gateway_.gateway().listening().port("http"), .deadline = std::chrono::seconds(40)}};
};

// Case 14.
TEST_F(BodyLimitsTest, ABodyOfExactlyTheLimitPasses) {
  const std::string body = body_of(kLimit);

  EXPECT_EQ(patient_.post("/v1/messages", body).status, 200);
  EXPECT_TRUE(same_bytes(provider_.requests().back().body, body));
}

TEST_F(BodyLimitsTest, ADeclaredLengthAboveTheLimitIsRefusedBeforeTheUpload) {
  fakes::HttpConnection connection = client_.connect();

  connection.send_request("POST", "/v1/messages", "", {{"content-length", std::to_string(kLimit + 1)}});
  const fakes::HttpResponse response = connection.read_response();

  EXPECT_TRUE(is_error(response, 413, "request_too_large"));
  EXPECT_EQ(response.headers.value("connection"), "close");
  EXPECT_EQ(provider_.request_count(), 0U);
}

TEST_F(BodyLimitsTest, AChunkedBodyAboveTheLimitIsRefused) {
  fakes::HttpConnection connection = patient_.connect();
  const std::string mebibyte(1024 * 1024, 'x');

  connection.send_request("POST", "/v1/messages", "", {{"transfer-encoding", "chunked"}});
  for (std::size_t sent = 0; sent < kLimit; sent += mebibyte.size()) {
    connection.send_raw("100000\r\n" + mebibyte + "\r\n");
  }
  connection.send_raw("1\r\nx\r\n");

  EXPECT_TRUE(is_error(connection.read_response(), 413, "request_too_large"));
  EXPECT_EQ(provider_.request_count(), 0U);
}

TEST_F(BodyLimitsTest, AGzipBombIsRefused) {
  const std::string bomb = compressed(body_of(40'000'000), kGzip);
  ASSERT_LT(bomb.size(), 1'000'000U);

  const fakes::HttpResponse response = patient_.post("/v1/messages", bomb, {{"content-encoding", "gzip"}});

  EXPECT_TRUE(is_error(response, 413, "request_too_large"));
  EXPECT_EQ(response.json()["error"]["details"]["error_code"], "request_body_too_large_after_decoding");
  EXPECT_EQ(provider_.request_count(), 0U);
}

class BombTest : public testing::Test {
 protected:
  static constexpr std::size_t kThreads = 2;

  static StackOptions options() {
    StackOptions options;
    options.gateway_arguments = {"--threads", std::to_string(kThreads)};
    return options;
  }

  BombTest() { provider_.always(fakes::json_message("ok")); }

  fakes::FakeProvider provider_;
  Standalone gateway_{ConfigText{{entry("first", provider_)}, "", ""}.yaml(), options()};
  fakes::HttpClient patient_{{.port = gateway_.gateway().listening().port("http"), .deadline = std::chrono::seconds(40)}};
};

// 1 MB that would become 1 GB, many times at once (promises.md T36).
TEST_F(BombTest, ManyAtOnceHoldNoMoreThanTheBodyOfEachThread) {
  constexpr std::size_t kAtOnce = 8;
  const std::string bomb = gigabyte_bomb();
  ASSERT_LT(bomb.size(), 1'300'000U);
  ASSERT_EQ(patient_.post("/v1/messages", small_request()).status, 200);
  const std::size_t before = resident_bytes(gateway_.process());
  start_peak(gateway_.process());

  std::vector<fakes::HttpResponse> responses(kAtOnce);
  std::vector<std::thread> clients;
  for (fakes::HttpResponse& response : responses) {
    clients.emplace_back([&] { response = patient_.post("/v1/messages", bomb, {{"content-encoding", "gzip"}}); });
  }
  for (std::thread& client : clients) client.join();

  for (const fakes::HttpResponse& response : responses) {
    EXPECT_TRUE(is_error(response, 413, "request_too_large"));
    EXPECT_EQ(response.json()["error"]["details"]["error_code"], "request_body_too_large_after_decoding");
  }
  EXPECT_EQ(provider_.request_count(), 1U);
  const std::size_t peak = peak_resident_bytes(gateway_.process());
  RecordProperty("megabytes", static_cast<int>((peak - std::min(before, peak)) / 1'000'000));
  // While one grows it is there twice, at worst.
  if (kMemoryTells) {
    EXPECT_LE(peak, before + 2 * kThreads * kLimit + kAtOnce * 2 * bomb.size());
  }
}

// Case 113.
TEST_F(BodyLimitsTest, CompressedBodiesArriveDecoded) {
  const std::string body = body_of(100'000);
  const std::vector<std::pair<std::string, fakes::Coding>> codings = {
      {"gzip", kGzip}, {"GZIP", kGzip}, {"deflate", kZlib}};
  for (const auto& [coding, format] : codings) {
    SCOPED_TRACE(coding);

    EXPECT_EQ(client_.post("/v1/messages", compressed(body, format), {{"content-encoding", coding}}).status, 200);

    EXPECT_TRUE(same_bytes(provider_.requests().back().body, body));
    EXPECT_FALSE(provider_.requests().back().headers.contains("content-encoding"));
  }
  EXPECT_EQ(client_.post("/v1/messages", body, {{"content-encoding", "identity"}}).status, 200);
}

TEST_F(BodyLimitsTest, UnreadableEncodingsAreRefused) {
  const std::string whole = compressed(body_of(1000), kGzip);
  const auto code_of = [](const fakes::HttpResponse& response, int status = 400) {
    EXPECT_TRUE(is_error(response, status, "invalid_request_error"));
    return response.json()["error"]["details"]["error_code"];
  };

  EXPECT_EQ(code_of(client_.post("/v1/messages", "no gzip at all", {{"content-encoding", "gzip"}})),
            "request_body_encoding_invalid");
  EXPECT_EQ(code_of(client_.post("/v1/messages", whole.substr(0, whole.size() / 2), {{"content-encoding", "gzip"}})),
            "request_body_encoding_invalid");
  for (const char* coding : {"br", "zstd", "gzip, gzip"}) {
    EXPECT_EQ(code_of(client_.post("/v1/messages", whole, {{"content-encoding", coding}}), 415),
              "request_body_encoding_unsupported");
  }
  EXPECT_EQ(provider_.request_count(), 0U);
}

}  // namespace
}  // namespace balancer::integration

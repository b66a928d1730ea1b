#include "controlplane/cli/client/http_probe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/fakes/test_certificate.hpp"
#include "tests/fakes/unreachable_port.hpp"

namespace balancer::controlplane::cli {
namespace {

using namespace std::chrono_literals;
using fakes::FakeProvider;
using fakes::ScriptedResponse;
using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

constexpr ProbeLimits kAmple{10s, 20s};
constexpr ProbeLimits kShort{200ms, 200ms};

BaseUrl url_of(const std::string& text) { return read_base_url(text).url.value(); }

ProbeAnswer ask(const std::string& base_url, ProbeLimits limits = kAmple, const std::string& ca_file = "") {
  return HttpProbe(url_of(base_url), ca_file).ask({"POST", "/v1/messages", {{"x-api-key", "k"}}, "{}"}, limits);
}

TEST(HttpProbeTest, SendsTheRequestAndKeepsTheAnswer) {
  FakeProvider server;
  server.enqueue(fakes::json_message("hello"));

  const ProbeAnswer answer = ask(server.base_url() + "/prefix/");

  ASSERT_THAT(server.requests(), SizeIs(1));
  const auto request = server.requests().front();
  EXPECT_EQ(request.request_line, "POST /prefix/v1/messages HTTP/1.1");
  EXPECT_EQ(request.body, "{}");
  EXPECT_EQ(request.headers.value("x-api-key"), "k");
  EXPECT_EQ(request.headers.value("host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("CONTENT-TYPE"), "application/json");
  EXPECT_THAT(answer.body, HasSubstr("hello"));
  EXPECT_FALSE(answer.failure);
}

TEST(HttpProbeTest, KnowsWhenEachPartCame) {
  FakeProvider server;
  server.enqueue(ScriptedResponse().chunked().send("first").pause(150ms).send("second").pause(150ms).send("third"));

  const ProbeAnswer answer = ask(server.base_url());

  EXPECT_EQ(answer.body, "firstsecondthird");
  ASSERT_THAT(answer.arrivals, SizeIs(3));
  EXPECT_EQ(answer.arrivals[1].body_size, 11u);
  // A pause is at least so long; clocks are read to the millisecond.
  EXPECT_GE(answer.arrivals[1].at - answer.arrivals[0].at, 140ms);
  EXPECT_GE(answer.arrivals[2].at - answer.arrivals[1].at, 140ms);
  EXPECT_GE(answer.ended_at, answer.arrivals[2].at);
}

TEST(HttpProbeTest, TellsABrokenAnswerFromAWholeOne) {
  FakeProvider server;
  server.enqueue(ScriptedResponse().chunked().send("whole").send("never").keep_parts(1).reset());
  server.enqueue(ScriptedResponse().content_length(100).send("short").close());
  server.enqueue(ScriptedResponse().until_close().send("to the end"));

  const ProbeAnswer reset = ask(server.base_url());
  const ProbeAnswer cut = ask(server.base_url());
  const ProbeAnswer until_close = ask(server.base_url());

  ASSERT_TRUE(reset.failure && cut.failure);
  EXPECT_EQ(reset.failure->stage, ProbeStage::kBody);
  EXPECT_EQ(cut.failure->stage, ProbeStage::kBody);
  EXPECT_EQ(cut.body, "short");
  EXPECT_FALSE(until_close.failure);
  EXPECT_EQ(until_close.body, "to the end");
}

TEST(HttpProbeTest, GivesUpAtItsLimitAndSaysWhereItWas) {
  FakeProvider server;
  server.enqueue(fakes::hang());
  server.enqueue(fakes::hang_after_events(1, fakes::sse_stream({"a"})));

  const ProbeAnswer silent = ask(server.base_url(), kShort);
  const ProbeAnswer stalled = ask(server.base_url(), kShort);

  ASSERT_TRUE(silent.failure && stalled.failure);
  EXPECT_EQ(silent.failure->stage, ProbeStage::kHead);
  EXPECT_TRUE(silent.failure->timed_out);
  EXPECT_EQ(stalled.failure->stage, ProbeStage::kBody);
  EXPECT_TRUE(stalled.failure->timed_out);
  EXPECT_THAT(stalled.body, HasSubstr("message_start"));
}

TEST(HttpProbeTest, TellsWhyThereIsNoConnection) {
  const fakes::RefusingPort refusing;
  const fakes::SilentPort silent;

  const ProbeAnswer refused = ask("http://127.0.0.1:" + std::to_string(refusing.port()));
  const ProbeAnswer unanswered = ask("http://127.0.0.1:" + std::to_string(silent.port()), kShort);
  const ProbeAnswer unknown = ask("http://nowhere.invalid:1");

  ASSERT_TRUE(refused.failure && unanswered.failure && unknown.failure);
  EXPECT_EQ(refused.failure->stage, ProbeStage::kConnect);
  EXPECT_FALSE(refused.failure->timed_out);
  EXPECT_EQ(unanswered.failure->stage, ProbeStage::kConnect);
  EXPECT_TRUE(unanswered.failure->timed_out);
  EXPECT_EQ(unknown.failure->stage, ProbeStage::kNameLookup);
}

TEST(HttpProbeTest, TakesOnlyCertificatesOfTrustedAuthoritiesForTheHost) {
  const fakes::TestAuthority authority;
  const fakes::TempDir folder;
  const std::string ca_file = folder.write("ca.pem", authority.certificate_pem()).string();
  FakeProvider good(authority.valid());
  good.always(fakes::json_message("hello"));
  FakeProvider expired(authority.expired());
  FakeProvider wrong_name(authority.wrong_name());

  EXPECT_EQ(ask(good.base_url(), kAmple, ca_file).status, 200);
  const ProbeAnswer untrusted = ask(good.base_url());
  const ProbeAnswer too_old = ask(expired.base_url(), kAmple, ca_file);
  const ProbeAnswer of_another = ask(wrong_name.base_url(), kAmple, ca_file);

  for (const ProbeAnswer* answer : {&untrusted, &too_old, &of_another}) {
    ASSERT_TRUE(answer->failure);
    EXPECT_EQ(answer->failure->stage, ProbeStage::kTls);
    EXPECT_THAT(answer->failure->reason, HasSubstr("certificate refused"));
  }
  EXPECT_EQ(expired.request_count(), 0u);
}

TEST(HttpProbeTest, NamesTheHostToTheServer) {
  const fakes::TestAuthority authority;
  const fakes::TempDir folder;
  FakeProvider server(authority.valid());
  server.always(fakes::json_message("hello"));

  const std::string url = "https://localhost:" + std::to_string(server.port());
  const ProbeAnswer answer = ask(url, kAmple, folder.write("ca.pem", authority.certificate_pem()).string());

  EXPECT_EQ(answer.status, 200) << (answer.failure ? answer.failure->reason : "");
  ASSERT_THAT(server.requests(), SizeIs(1));
  EXPECT_EQ(server.requests().front().server_name, "localhost");
}

TEST(HttpProbeTest, TellsTlsAndPlainHttpApart) {
  const fakes::TestAuthority authority;
  FakeProvider with_tls(authority.valid());
  FakeProvider without;
  without.always(fakes::json_message("hello"));

  const ProbeAnswer plain_to_tls = ask("http://127.0.0.1:" + std::to_string(with_tls.port()));
  const ProbeAnswer tls_to_plain = ask("https://127.0.0.1:" + std::to_string(without.port()), {2s, 2s});

  ASSERT_TRUE(plain_to_tls.failure && tls_to_plain.failure);
  EXPECT_EQ(plain_to_tls.failure->stage, ProbeStage::kHead);
  EXPECT_EQ(tls_to_plain.failure->stage, ProbeStage::kTls);
}

}  // namespace
}  // namespace balancer::controlplane::cli

// What is wrong with a gateway is found out and named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/temp_dir.hpp"
#include "tests/fakes/test_certificate.hpp"
#include "tests/fakes/unreachable_port.hpp"
#include "tests/integration/doctor/examination.hpp"
#include "tests/integration/doctor/fake_gateway.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using namespace controlplane::cli;
using fakes::ScriptedResponse;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class DiagnosisTest : public testing::Test {
 protected:
  [[nodiscard]] DoctorReport examined() const { return examine(settings_for(gateway_.base_url())); }

  FakeGateway gateway_;
};

TEST_F(DiagnosisTest, FindsNothingWrongWithAGoodGateway) {
  const DoctorReport report = examined();

  EXPECT_EQ(verdicts(report),
            "base URL ok, credentials ok, proxy ok, connection ok, model list ok, token count ok, message ok, stream ok, "
            "stream pace ok")
      << everything_said(report);
  EXPECT_EQ(exit_status(report), 0);
  EXPECT_THAT(check_named(report, "message").seen, HasSubstr("claude-haiku-test answers, by provider mirror"));
  EXPECT_THAT(check_named(report, "stream").seen, HasSubstr("by provider mirror"));
}

TEST_F(DiagnosisTest, AsksAsClaudeCodeDoes) {
  DoctorSettings settings = settings_for(gateway_.base_url());
  settings.api_key = Secret("sk-secret");

  (void)examine(settings);

  const auto requests = gateway_.server().requests();
  ASSERT_EQ(requests.size(), 5u);
  EXPECT_EQ(requests[0].request_line, "HEAD / HTTP/1.1");
  EXPECT_FALSE(requests[0].headers.contains("authorization"));
  EXPECT_EQ(requests[1].request_line, "GET /v1/models?limit=1000 HTTP/1.1");
  EXPECT_EQ(requests[2].target, "/v1/messages/count_tokens?beta=true");
  EXPECT_EQ(requests[3].target, "/v1/messages?beta=true");
  EXPECT_THAT(requests[3].body, HasSubstr("\"max_tokens\":1}"));
  EXPECT_THAT(requests[4].body, HasSubstr("\"stream\":true"));
  for (std::size_t i = 1; i < requests.size(); ++i) {
    EXPECT_EQ(requests[i].headers.value("authorization"), std::string("Bearer ") + kToken);
    EXPECT_EQ(requests[i].headers.value("x-api-key"), "sk-secret");
    EXPECT_EQ(requests[i].headers.value("anthropic-version"), "2023-06-01");
    EXPECT_EQ(requests[i].headers.value("x-claude-code-session-id"),
              requests[1].headers.value("x-claude-code-session-id"));
  }
}

TEST_F(DiagnosisTest, NoTwoExaminationsAskTheSame) {
  (void)examined();
  (void)examined();

  const auto requests = gateway_.server().requests();
  ASSERT_EQ(requests.size(), 10u);
  EXPECT_NE(requests[3].body, requests[8].body);
  EXPECT_NE(requests[4].body, requests[9].body);
}

TEST_F(DiagnosisTest, OfflineAsksForNoTokens) {
  DoctorSettings settings = settings_for(gateway_.base_url());
  settings.offline = true;

  const DoctorReport report = examine(settings);

  EXPECT_EQ(exit_status(report), 0);
  EXPECT_EQ(check_named(report, "message").verdict, CheckVerdict::kSkipped);
  for (const auto& request : gateway_.server().requests()) {
    EXPECT_FALSE(request.target.starts_with("/v1/messages?")) << request.target;
  }
}

TEST_F(DiagnosisTest, NamesARedirectedModelList) {
  gateway_.answer(Endpoint::kModels, ScriptedResponse().status(308).header("location", "https://h.example/v1/models"));

  const Check check = check_named(examined(), "model list");

  EXPECT_EQ(check.verdict, CheckVerdict::kFailed);
  EXPECT_THAT(check.seen, HasSubstr("308, a redirect to https://h.example/v1/models"));
}

TEST_F(DiagnosisTest, NamesAModelListThatComesTooLate) {
  gateway_.answer(Endpoint::kModels, good_answer(Endpoint::kModels).after(3500ms));

  const Check check = check_named(examined(), "model list");

  EXPECT_EQ(check.verdict, CheckVerdict::kFailed);
  EXPECT_THAT(check.seen, HasSubstr("nothing within 3000 ms"));
}

TEST_F(DiagnosisTest, NamesAModelListThatIsNone) {
  gateway_.answer(Endpoint::kModels, fakes::html_200());
  EXPECT_THAT(check_named(examined(), "model list").seen, HasSubstr("no list of models"));

  gateway_.answer(Endpoint::kModels, ScriptedResponse().send(R"({"data":[{"id":"gpt-x"}]})"));
  const DoctorReport report = examined();
  EXPECT_EQ(check_named(report, "model list").verdict, CheckVerdict::kWarning);
  EXPECT_THAT(check_named(report, "message").seen, HasSubstr("gpt-x answers"));
}

TEST_F(DiagnosisTest, ARefusedKeyIsNamedAndAskedWithOnlyOnce) {
  gateway_.answer_everything(
      fakes::error_answer(401, "authentication_error", std::string("no such key: ") + kToken));
  gateway_.answer(Endpoint::kGreeting, ScriptedResponse());

  const DoctorReport report = examined();

  EXPECT_EQ(exit_status(report), 1);
  EXPECT_THAT(check_named(report, "model list").seen, HasSubstr("the key in ANTHROPIC_AUTH_TOKEN is refused"));
  EXPECT_THAT(check_named(report, "message").seen, HasSubstr("the key is refused"));
  EXPECT_EQ(gateway_.server().request_count(), 2u);
  EXPECT_THAT(everything_said(report), Not(HasSubstr(kToken)));
}

TEST_F(DiagnosisTest, AWrongPathIsNoRefusedKey) {
  gateway_.answer_everything(ScriptedResponse().status(404).send("<html>no such page</html>"));

  const Check check = check_named(examined(), "model list");

  EXPECT_THAT(check.seen, HasSubstr("404, and not in the form of Anthropic's API"));
  EXPECT_THAT(check.advice, HasSubstr("path is wrong"));
}

TEST_F(DiagnosisTest, NamesABufferedStream) {
  gateway_.answer(Endpoint::kStream, buffered_stream());

  const DoctorReport report = examined();

  EXPECT_EQ(check_named(report, "stream").verdict, CheckVerdict::kOk);
  EXPECT_EQ(check_named(report, "stream pace").verdict, CheckVerdict::kFailed);
  EXPECT_THAT(check_named(report, "stream pace").seen, HasSubstr("all at once"));
  EXPECT_THAT(check_named(report, "stream pace").advice, HasSubstr("proxy_buffering off"));
}

TEST_F(DiagnosisTest, DoesNotGuessAboutAShortStream) {
  gateway_.answer(Endpoint::kStream, buffered_stream(/*pieces=*/2));

  const Check check = check_named(examined(), "stream pace");

  EXPECT_EQ(check.verdict, CheckVerdict::kSkipped);
  EXPECT_THAT(check.seen, HasSubstr("cannot be told"));
}

TEST_F(DiagnosisTest, NamesAStreamThatIsCutOff) {
  gateway_.answer(Endpoint::kStream, fakes::reset_after_events(4, slow_stream()));
  EXPECT_THAT(check_named(examined(), "stream").seen, HasSubstr("broke off"));

  gateway_.answer(Endpoint::kStream, slow_stream().keep_parts(4));
  EXPECT_THAT(check_named(examined(), "stream").seen, HasSubstr("without message_stop"));
}

TEST_F(DiagnosisTest, NamesAMessageInAStreamsPlace) {
  gateway_.answer(Endpoint::kStream, fakes::json_message("Hello"));

  EXPECT_THAT(check_named(examined(), "stream").seen, HasSubstr("content-type is application/json"));
}

TEST_F(DiagnosisTest, NamesAMissingTokenCount) {
  gateway_.answer(Endpoint::kTokenCount, fakes::error_answer(404, "not_found_error", "no such endpoint"));

  const Check check = check_named(examined(), "token count");

  EXPECT_EQ(check.verdict, CheckVerdict::kFailed);
  EXPECT_THAT(check.advice, HasSubstr("cuts the files"));
}

TEST_F(DiagnosisTest, NamesAServerThatHangs) {
  DoctorSettings settings = settings_for(gateway_.base_url());
  settings.timeout = 300ms;
  gateway_.answer_everything(fakes::hang());

  const DoctorReport report = examine(settings);

  EXPECT_EQ(check_named(report, "connection").verdict, CheckVerdict::kFailed);
  EXPECT_THAT(check_named(report, "connection").seen, HasSubstr("connected, but no answer"));
  EXPECT_EQ(check_named(report, "stream").verdict, CheckVerdict::kSkipped);
}

TEST_F(DiagnosisTest, NamesAMessageThatNeverComes) {
  DoctorSettings settings = settings_for(gateway_.base_url());
  settings.timeout = 500ms;
  gateway_.answer(Endpoint::kMessage, fakes::hang());

  const DoctorReport report = examine(settings);

  EXPECT_THAT(check_named(report, "message").seen, HasSubstr("nothing within 500 ms"));
  EXPECT_EQ(check_named(report, "stream").verdict, CheckVerdict::kSkipped);
}

TEST_F(DiagnosisTest, NamesAPortWhereNobodyListens) {
  const fakes::RefusingPort port;

  const DoctorReport report = examine(settings_for("http://127.0.0.1:" + std::to_string(port.port())));

  EXPECT_EQ(check_named(report, "connection").verdict, CheckVerdict::kFailed);
  EXPECT_THAT(check_named(report, "connection").advice, HasSubstr("is the gateway running"));
  EXPECT_EQ(check_named(report, "model list").verdict, CheckVerdict::kSkipped);
}

TEST_F(DiagnosisTest, TrustsTheAuthoritiesThatClaudeCodeIsTold) {
  const fakes::TestAuthority authority;
  const fakes::TempDir folder;
  const FakeGateway gateway(authority.valid());
  DoctorSettings settings = settings_for(gateway.base_url());

  const DoctorReport untrusted = examine(settings);
  settings.ca_file = folder.write("ca.pem", authority.certificate_pem()).string();
  const DoctorReport trusted = examine(settings);

  EXPECT_THAT(check_named(untrusted, "connection").seen, HasSubstr("certificate refused"));
  EXPECT_THAT(check_named(untrusted, "connection").advice, HasSubstr("NODE_EXTRA_CA_CERTS"));
  EXPECT_EQ(exit_status(trusted), 0) << everything_said(trusted);
}

TEST_F(DiagnosisTest, AWrongBaseUrlIsAskedNothing) {
  const DoctorReport report = examine(settings_for(gateway_.base_url() + "/v1"));

  EXPECT_EQ(check_named(report, "base URL").verdict, CheckVerdict::kFailed);
  EXPECT_EQ(check_named(report, "base URL").advice, "set ANTHROPIC_BASE_URL=" + gateway_.base_url());
  EXPECT_EQ(gateway_.server().request_count(), 0u);
}

TEST_F(DiagnosisTest, SaysNoCredentialWhateverAServerEchoes) {
  DoctorSettings settings = settings_for(gateway_.base_url());
  settings.api_key = Secret("sk-secret-abcdef");
  const std::string echo = std::string("you sent ") + kToken + " and sk-secret-abcdef";
  for (const Endpoint endpoint : {Endpoint::kModels, Endpoint::kTokenCount, Endpoint::kMessage, Endpoint::kStream}) {
    for (const int status : {200, 302, 400, 401, 404, 500}) {
      FakeGateway gateway;
      gateway.answer(endpoint, ScriptedResponse().status(status).header("location", echo).header("content-type", echo)
                                   .header("x-provider-used", echo).send(echo));
      settings.base_url = gateway.base_url();

      EXPECT_THAT(everything_said(examine(settings)), AllOf(Not(HasSubstr(kToken)), Not(HasSubstr("sk-secret"))));
    }
  }
}

}  // namespace
}  // namespace balancer::integration

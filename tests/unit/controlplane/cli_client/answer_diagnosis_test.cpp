#include "controlplane/cli/client/answer_diagnosis.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace balancer::controlplane::cli {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

ProbeAnswer answer_with(int status, const std::string& body, HeaderLines headers = {}) {
  ProbeAnswer answer;
  answer.status = status;
  answer.body = body;
  answer.headers = std::move(headers);
  return answer;
}

std::string envelope(const std::string& message) {
  return R"({"type":"error","error":{"type":"x_error","message":")" + message + R"("}})";
}

Check diagnosed(const ProbeAnswer& answer, const DoctorSettings& settings = {}) {
  return diagnose("x", answer, settings).value_or(Check{.name = "nothing", .verdict = CheckVerdict::kOk});
}

TEST(AnswerDiagnosisTest, HasNothingAgainstAWholeAnswer) {
  EXPECT_EQ(diagnose("x", answer_with(200, "{}"), {}), std::nullopt);
}

TEST(AnswerDiagnosisTest, TellsAWrongPathFromAMissingModel) {
  EXPECT_THAT(diagnosed(answer_with(404, "<html>nginx</html>")).advice, HasSubstr("path is wrong"));
  EXPECT_THAT(diagnosed(answer_with(404, R"({"detail":"Not Found"})")).advice, HasSubstr("path is wrong"));
  const Check model = diagnosed(answer_with(404, envelope("model: nope")));
  EXPECT_THAT(model.seen, HasSubstr("model: nope"));
  EXPECT_THAT(model.advice, HasSubstr("is the model one"));
}

TEST(AnswerDiagnosisTest, TellsARefusedKeyFromAMissingOne) {
  DoctorSettings with_token;
  with_token.auth_token = Secret("gw-secret");
  DoctorSettings with_both = with_token;
  with_both.api_key = Secret("sk-secret");
  const ProbeAnswer answer = answer_with(401, envelope("invalid x-api-key"));

  EXPECT_THAT(diagnosed(answer).seen, HasSubstr("a key is wanted"));
  EXPECT_THAT(diagnosed(answer, with_token).seen, HasSubstr("the key in ANTHROPIC_AUTH_TOKEN is refused"));
  EXPECT_THAT(diagnosed(answer, with_token).advice, HasSubstr("the path is right, the key is wrong"));
  EXPECT_THAT(diagnosed(answer, with_both).seen, HasSubstr("neither key"));
}

TEST(AnswerDiagnosisTest, NamesWhereARedirectLeads) {
  const Check check = diagnosed(answer_with(301, "", {{"Location", "https://h/v1/models"}}));

  EXPECT_THAT(check.seen, HasSubstr("a redirect to https://h/v1/models"));
}

TEST(AnswerDiagnosisTest, TellsHowFarARequestGot) {
  const auto seen_at = [](ProbeStage stage, bool timed_out) {
    ProbeAnswer answer;
    answer.failure = ProbeFailure{stage, timed_out, "because"};
    if (stage == ProbeStage::kBody) answer.status = 200;
    return diagnosed(answer);
  };

  EXPECT_THAT(seen_at(ProbeStage::kNameLookup, false).seen, HasSubstr("name has no address"));
  EXPECT_THAT(seen_at(ProbeStage::kConnect, false).advice, HasSubstr("is the gateway running"));
  EXPECT_THAT(seen_at(ProbeStage::kConnect, true).advice, HasSubstr("firewall"));
  EXPECT_THAT(seen_at(ProbeStage::kTls, false).advice, HasSubstr("NODE_EXTRA_CA_CERTS"));
  EXPECT_THAT(seen_at(ProbeStage::kHead, true).advice, HasSubstr("hangs"));
  EXPECT_THAT(seen_at(ProbeStage::kHead, false).advice, HasSubstr("https://"));
  EXPECT_THAT(seen_at(ProbeStage::kBody, false).seen, HasSubstr("broke off"));
}

TEST(AnswerDiagnosisTest, QuotesServersWithoutTheCredentials) {
  DoctorSettings settings;
  settings.api_key = Secret("sk-secret");
  settings.auth_token = Secret("gw-secret");

  EXPECT_EQ(quotable("sk-secret and gw-secret, sk-secret", settings), "*** and ***, ***");
  EXPECT_EQ(quotable("\x1b[2J\n", settings), "?[2J?");
  const std::string cut = quotable(std::string(199, 'a') + "\xC3\xA4" + "sk-secret", settings);
  EXPECT_EQ(cut, std::string(199, 'a') + " ...");
}

TEST(AnswerDiagnosisTest, ACredentialThatTheCutWouldHalveIsHidden) {
  DoctorSettings settings;
  settings.auth_token = Secret("gw-secret-0123456789");

  const std::string cut = quotable(std::string(190, 'a') + "gw-secret-0123456789 and more", settings);

  EXPECT_THAT(cut, AllOf(HasSubstr("***"), Not(HasSubstr("gw-")), EndsWith(" ...")));
}

}  // namespace
}  // namespace balancer::controlplane::cli

#include "controlplane/cli/client/setup_checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/controlplane/cli_client/given_environment.hpp"

namespace balancer::controlplane::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

DoctorSettings with_credentials(const std::string& key, const std::string& token) {
  DoctorSettings settings;
  settings.api_key = Secret(key);
  settings.auth_token = Secret(token);
  return settings;
}

TEST(SetupChecksTest, TakesOrdinaryBaseUrls) {
  for (const char* const url : {"http://127.0.0.1:9090", "http://localhost", "https://gateway.example/anthropic"}) {
    EXPECT_EQ(check_base_url(read_base_url(url)).verdict, CheckVerdict::kOk) << url;
  }
}

TEST(SetupChecksTest, FailsABaseUrlThatEndsInV1AndSaysTheRightOne) {
  const Check check = check_base_url(read_base_url("http://h:9090/v1"));

  EXPECT_EQ(check.verdict, CheckVerdict::kFailed);
  EXPECT_THAT(check.seen, HasSubstr("ends in /v1"));
  EXPECT_EQ(check.advice, "set ANTHROPIC_BASE_URL=http://h:9090");
}

TEST(SetupChecksTest, WarnsOfKeysSentInTheClear) {
  const Check check = check_base_url(read_base_url("http://10.0.0.7:9090"));

  EXPECT_EQ(check.verdict, CheckVerdict::kWarning);
  EXPECT_THAT(check.seen, HasSubstr("not encrypted"));
}

TEST(SetupChecksTest, WarnsOfTwoCredentialsAndOfNone) {
  EXPECT_EQ(check_credentials(with_credentials("secret-1", "")).verdict, CheckVerdict::kOk);
  EXPECT_EQ(check_credentials(with_credentials("", "secret-2")).verdict, CheckVerdict::kOk);
  EXPECT_EQ(check_credentials(with_credentials("", "")).verdict, CheckVerdict::kWarning);

  const Check both = check_credentials(with_credentials("secret-1", "secret-2"));
  EXPECT_EQ(both.verdict, CheckVerdict::kWarning);
  EXPECT_EQ(both.advice, "unset ANTHROPIC_API_KEY");
  EXPECT_THAT(both.seen, Not(HasSubstr("secret")));
}

TEST(SetupChecksTest, FailsACredentialThatNoHeaderCanCarry) {
  for (const char* const key : {"secret-1\n", "secret-1\r\nx-evil: 1", " secret-1", "secret 1"}) {
    const Check check = check_credentials(with_credentials("", key));

    EXPECT_EQ(check.verdict, CheckVerdict::kFailed) << key;
    EXPECT_THAT(check.seen, AllOf(HasSubstr("ANTHROPIC_AUTH_TOKEN"), Not(HasSubstr("secret"))));
  }
}

TEST(SetupChecksTest, WarnsOfAProxyThatCannotReachThisMachine) {
  DoctorSettings settings;
  const BaseUrl url = read_base_url("http://127.0.0.1:9090").url.value();

  settings.environment = given({{"HTTP_PROXY", "http://user:secret@proxy:3128"}});
  const Check captured = check_proxy(settings, url);
  settings.environment = given({{"HTTP_PROXY", "http://proxy:3128"}, {"NO_PROXY", "localhost,127.0.0.1"}});
  const Check excepted = check_proxy(settings, url);

  EXPECT_EQ(captured.verdict, CheckVerdict::kWarning);
  EXPECT_THAT(captured.seen, AllOf(HasSubstr("HTTP_PROXY"), HasSubstr("127.0.0.1:9090"), Not(HasSubstr("secret"))));
  EXPECT_THAT(captured.advice, HasSubstr("add 127.0.0.1 to NO_PROXY"));
  EXPECT_EQ(excepted.verdict, CheckVerdict::kOk);
}

TEST(SetupChecksTest, ReadsWhatClaudeCodeReads) {
  const DoctorSettings settings = doctor_settings(given({{"ANTHROPIC_BASE_URL", "http://h:1"},
                                                         {"ANTHROPIC_API_KEY", "a"},
                                                         {"ANTHROPIC_AUTH_TOKEN", "b"},
                                                         {"ANTHROPIC_MODEL", "m"},
                                                         {"NODE_EXTRA_CA_CERTS", "/ca.pem"}}));

  EXPECT_EQ(settings.base_url, "http://h:1");
  EXPECT_EQ(settings.api_key.reveal(), "a");
  EXPECT_EQ(settings.auth_token.reveal(), "b");
  EXPECT_EQ(settings.model, "m");
  EXPECT_EQ(settings.ca_file, "/ca.pem");
  EXPECT_EQ(doctor_settings(given({{"ANTHROPIC_BASE_URL", ""}})).base_url, "http://127.0.0.1:9090");
}

}  // namespace
}  // namespace balancer::controlplane::cli

#include "controlplane/probing/check_verdict.hpp"

#include <gmock/gmock.h>

#include <string>
#include <utility>

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;

const auto kNow = std::chrono::system_clock::from_time_t(1793491200);

class CheckVerdictTest : public testing::Test {
 protected:
  CheckVerdictTest() {
    get_.get_path = "/";
    request_.model = "m";
    provider_.credential = Secret("k");
  }

  [[nodiscard]] CheckVerdict after_get(int status, std::string_view retry_after = "") const {
    return judge_answer(get_, provider_, {.status = status, .retry_after = retry_after, .content_type = "text/html"},
                        kNow);
  }
  [[nodiscard]] CheckVerdict after_request(int status, std::string_view content_type = "application/json") const {
    return judge_answer(request_, provider_, {.status = status, .retry_after = "", .content_type = content_type}, kNow);
  }

  HealthCheck get_;
  HealthCheck request_;
  Provider provider_;
};

TEST_F(CheckVerdictTest, WhoeverAnswersAGetIsUpButForRefusalsThatARequestWouldMeet) {
  for (const int status : {200, 204, 301, 302, 400, 402, 404, 405, 422}) {
    EXPECT_EQ(after_get(status).outcome, AttemptOutcome::kSuccess) << status;
    EXPECT_EQ(after_get(status).detail, "") << status;
  }
  const std::pair<int, AttemptOutcome> kRefusals[] = {
      {401, AttemptOutcome::kCredentialsRejected}, {403, AttemptOutcome::kCredentialsRejected},
      {408, AttemptOutcome::kTimeout},             {504, AttemptOutcome::kTimeout},
      {500, AttemptOutcome::kTransient},           {503, AttemptOutcome::kTransient},
      {529, AttemptOutcome::kTransient},
  };
  for (const auto& [status, outcome] : kRefusals) {
    EXPECT_EQ(after_get(status).outcome, outcome) << status;
    EXPECT_EQ(after_get(status).detail, "health check: HTTP " + std::to_string(status));
  }
}

TEST_F(CheckVerdictTest, TooManyGetsCountAsARateLimitOnlyWithADelay) {
  EXPECT_EQ(after_get(429, "7").outcome, AttemptOutcome::kRateLimited);
  EXPECT_EQ(after_get(429, "7").retry_delay, 7s);
  EXPECT_EQ(after_get(429).outcome, AttemptOutcome::kTransient);
}

TEST_F(CheckVerdictTest, NoCredentialCanBeRejectedWhereNoneIsSent) {
  provider_.authentication = ProviderAuthentication::kPassthrough;
  EXPECT_EQ(after_get(401).outcome, AttemptOutcome::kSuccess);

  provider_.authentication = ProviderAuthentication::kBearer;
  provider_.credential = Secret();
  EXPECT_EQ(after_get(403).outcome, AttemptOutcome::kSuccess);
}

TEST_F(CheckVerdictTest, ACheckThatComesBackToItsSenderSaysNothingOfTheProvider) {
  EXPECT_EQ(after_get(508).outcome, AttemptOutcome::kRequestFault);
  EXPECT_EQ(after_request(508).outcome, AttemptOutcome::kRequestFault);
}

TEST_F(CheckVerdictTest, ARequestMustGetAJsonDocument) {
  EXPECT_EQ(after_request(200).outcome, AttemptOutcome::kSuccess);
  EXPECT_EQ(after_request(200, "Application/JSON; charset=utf-8").outcome, AttemptOutcome::kSuccess);
  EXPECT_EQ(after_request(200, "text/html").outcome, AttemptOutcome::kTransient);
  EXPECT_EQ(after_request(200, "").detail, "health check: not a JSON document");
  EXPECT_EQ(after_request(302).outcome, AttemptOutcome::kTransient);
}

TEST_F(CheckVerdictTest, ARequestIsJudgedLikeAUsers) {
  const std::pair<int, AttemptOutcome> kMatrix[] = {
      {400, AttemptOutcome::kRequestFault},        {422, AttemptOutcome::kRequestFault},
      {401, AttemptOutcome::kCredentialsRejected}, {403, AttemptOutcome::kCredentialsRejected},
      {402, AttemptOutcome::kQuotaExhausted},      {404, AttemptOutcome::kModelMissing},
      {408, AttemptOutcome::kTimeout},             {429, AttemptOutcome::kRateLimited},
      {500, AttemptOutcome::kTransient},           {529, AttemptOutcome::kTransient},
  };
  for (const auto& [status, outcome] : kMatrix) EXPECT_EQ(after_request(status).outcome, outcome) << status;
}

TEST_F(CheckVerdictTest, TheWiresFailuresAreTimeoutsOrTransient) {
  EXPECT_EQ(judge_failure({UpstreamFailureKind::kFirstByteTimeout, "late"}).outcome, AttemptOutcome::kTimeout);
  EXPECT_EQ(judge_failure({UpstreamFailureKind::kConnect, "refused"}).outcome, AttemptOutcome::kTransient);
  EXPECT_EQ(judge_failure({UpstreamFailureKind::kConnect, "refused"}).detail, "health check: refused");
  EXPECT_EQ(judge_failure({UpstreamFailureKind::kTls, ""}).detail, "health check: tls");
}

}  // namespace
}  // namespace balancer::controlplane

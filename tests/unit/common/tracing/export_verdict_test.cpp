#include "common/tracing/export_verdict.hpp"

#include <gtest/gtest.h>

namespace balancer::tracing {
namespace {

using namespace std::chrono_literals;
using Kind = ExportVerdict::Kind;
using Failure = UpstreamFailureKind;

const std::chrono::system_clock::time_point kNow{1h};

TEST(ExportVerdictTest, ASuccessIsOneWhateverItsBodySays) {
  for (const char* const body : {"{}", "", "<html>", "[1,2]", R"({"partialSuccess":7})"}) {
    const ExportVerdict verdict = judge_answer({.status = 200, .retry_after = {}, .body = body}, kNow);

    EXPECT_EQ(verdict.kind, Kind::kDelivered) << body;
    EXPECT_EQ(verdict.rejected, 0u) << body;
  }
}

TEST(ExportVerdictTest, CountsTheSpansThatAreRejectedInASuccess) {
  const auto rejected = [](std::string_view body) {
    return judge_answer({.status = 200, .retry_after = {}, .body = body}, kNow).rejected;
  };

  EXPECT_EQ(rejected(R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}})"), 3u);
  EXPECT_EQ(rejected(R"({"partialSuccess":{"rejectedSpans":3}})"), 3u);
  EXPECT_EQ(rejected(R"({"partialSuccess":{"rejectedSpans":"-3"}})"), 0u);
  EXPECT_EQ(rejected(R"({"partialSuccess":{"errorMessage":"a warning"}})"), 0u);
}

TEST(ExportVerdictTest, TriesAgainWhatOtlpCallsRetryable) {
  for (const int status : {429, 502, 503, 504}) {
    EXPECT_EQ(judge_answer({.status = status, .retry_after = {}, .body = {}}, kNow).kind, Kind::kTryLater) << status;
  }
  for (const int status : {301, 307, 400, 401, 403, 404, 408, 413, 500, 501}) {
    EXPECT_EQ(judge_answer({.status = status, .retry_after = {}, .body = {}}, kNow).kind, Kind::kLost) << status;
  }
}

TEST(ExportVerdictTest, ReadsHowLongToWait) {
  EXPECT_EQ(judge_answer({.status = 503, .retry_after = "7", .body = {}}, kNow).retry_after, 7s);
  EXPECT_EQ(judge_answer({.status = 429, .retry_after = "soon", .body = {}}, kNow).retry_after, std::nullopt);
}

TEST(ExportVerdictTest, TriesAgainWhatTheCollectorCannotHaveTaken) {
  for (const Failure kind : {Failure::kResolve, Failure::kConnect, Failure::kConnectTimeout, Failure::kTls,
                             Failure::kTlsTimeout, Failure::kResetBeforeHead}) {
    EXPECT_EQ(judge_failure({.kind = kind, .detail = "x"}).kind, Kind::kTryLater) << to_string(kind);
  }
  for (const Failure kind :
       {Failure::kFirstByteTimeout, Failure::kTotalTimeout, Failure::kMalformed, Failure::kCancelled}) {
    EXPECT_EQ(judge_failure({.kind = kind, .detail = "x"}).kind, Kind::kLost) << to_string(kind);
  }
}

TEST(ExportVerdictTest, ReasonsAreOurOwnWords) {
  EXPECT_EQ(judge_answer({.status = 401, .retry_after = {}, .body = "bad key hush"}, kNow).reason, "status 401");
  EXPECT_EQ(judge_failure({.kind = Failure::kConnect, .detail = "Connection refused"}).reason,
            "connect: Connection refused");
}

}  // namespace
}  // namespace balancer::tracing

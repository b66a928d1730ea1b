#include "controlplane/cli/client/doctor_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace balancer::controlplane::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

DoctorReport report() {
  return {"http://h:1",
          {{"base URL", CheckVerdict::kOk, "fine", {}, {}},
           {"model list", CheckVerdict::kWarning, "empty", "add routes", 12ms},
           {"message", CheckVerdict::kSkipped, "no model", {}, {}}}};
}

TEST(DoctorReportTest, IsALineForEachCheckAndOneForWhatToDo) {
  EXPECT_EQ(report_text(report(), Coloring::kPlain),
            "Gateway http://h:1\n\n"
            "ok       base URL    fine\n"
            "warning  model list  empty (12 ms)\n"
            "                     -> add routes\n"
            "skipped  message     no model\n"
            "\n"
            "Claude Code can use this gateway: 1 warning, 1 skipped, 1 ok\n");
}

TEST(DoctorReportTest, ColoursOnlyWhereAsked) {
  EXPECT_THAT(report_text(report(), Coloring::kColored), HasSubstr("\x1b[33mwarning\x1b[0m  model list"));
  EXPECT_THAT(report_text(report(), Coloring::kPlain), Not(HasSubstr("\x1b")));
}

TEST(DoctorReportTest, IsJsonForPrograms) {
  EXPECT_EQ(report_json(report()).dump(),
            R"({"base_url":"http://h:1","healthy":true,"checks":[{"name":"base URL","verdict":"ok","seen":"fine"},)"
            R"({"name":"model list","verdict":"warning","seen":"empty","milliseconds":12,"advice":"add routes"},)"
            R"({"name":"message","verdict":"skipped","seen":"no model"}]})");
}

TEST(DoctorReportTest, FailsByFailedChecksAlone) {
  DoctorReport failing = report();
  failing.checks.push_back({"stream", CheckVerdict::kFailed, "cut", {}, {}});

  EXPECT_EQ(exit_status(report()), 0);
  EXPECT_EQ(exit_status(failing), 1);
  EXPECT_THAT(report_text(failing, Coloring::kPlain), HasSubstr("will have trouble here: 1 failed"));
}

}  // namespace
}  // namespace balancer::controlplane::cli

#include "controlplane/cli/request_view.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "tests/unit/controlplane/cli/observed_requests.hpp"

namespace balancer::controlplane::cli {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(RequestViewTest, ShowsWhereRequestsWentInColumns) {
  // Behind the time, which is the reader's own.
  constexpr std::size_t kTimeWidth = 10;
  std::vector<std::string> lines;
  std::istringstream text(requests_rendering(two_requests()).text);
  for (std::string line; std::getline(text, line);) lines.push_back(line.substr(std::min(kTimeWidth, line.size())));

  EXPECT_THAT(lines, ElementsAre("ID      MODEL              PROVIDER  STATUS   OUTCOME  "
                                 "ATTEMPTS  CACHE  FIRST-BYTE  DURATION  TOKENS",
                                 "req_12  claude-sonnet-4-5  -         running  -        "
                                 "0         -      -           -         -",
                                 "req_11  claude-sonnet-4-5  B         200      success  "
                                 "2         miss   840ms       12.0s     1200/80"));
}

TEST(RequestViewTest, ShowsTheReasonInTheWideTable) {
  const std::string wide = requests_rendering(two_requests()).wide_text;

  EXPECT_THAT(wide, HasSubstr("CALLER  GATEWAY  REASON\n"));
  EXPECT_THAT(wide, HasSubstr("alice   gw-1     A: first by priority\n"));
}

TEST(RequestViewTest, GivesProgramsTheSameAsJson) {
  const Rendering rendering = requests_rendering(two_requests());

  const ordered_json& requests = rendering.json["requests"];
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0]["state"], "running");
  for (const char* const key : {"status", "duration_seconds", "time_to_first_byte_seconds", "explanation"}) {
    EXPECT_TRUE(requests[0][key].is_null()) << key;
  }
  EXPECT_EQ(requests[0]["outcome"], "");
  EXPECT_EQ(requests[1]["status"], 200);
  EXPECT_EQ(requests[1]["time"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(requests[1]["duration_seconds"], 12.0);
  EXPECT_EQ(requests[1]["cache"], "miss");
  EXPECT_EQ(requests[1]["input_tokens"], 1200);
  EXPECT_EQ(requests[1]["upstream_request_id"], "msg_77");
  EXPECT_EQ(requests[1]["planned_by"], "control_plane");
  EXPECT_EQ(requests[1]["attempts"][0], ordered_json({{"provider", "A"},
                                                      {"model", "small"},
                                                      {"outcome", "transient"},
                                                      {"status", 529},
                                                      {"detail", "HTTP 529 overloaded_error"},
                                                      {"duration_seconds", 0.2}}));
  EXPECT_EQ(requests[1]["explanation"]["targets"][0]["provider"], "A");
  EXPECT_THAT(rendering.names, ElementsAre("req_12", "req_11"));
}

TEST(RequestViewTest, DescribesOneRequestWithItsAttemptsAndTargets) {
  EXPECT_EQ(request_rendering(request_that_failed_over()).text,
            "id          req_11\n"
            "time        2023-11-14T22:13:20Z\n"
            "model       claude-sonnet-4-5\n"
            "caller      alice\n"
            "gateway     gw-1\n"
            "route       *sonnet*\n"
            "reason      A: first by priority\n"
            "status      200\n"
            "outcome     success\n"
            "error       -\n"
            "provider    B\n"
            "answered by big\n"
            "answer id   msg_77\n"
            "cache       miss\n"
            "first byte  840ms\n"
            "duration    12.0s\n"
            "tokens      1200/80\n"
            "\n"
            "ATTEMPT-AT  MODEL  OUTCOME    DURATION  DETAIL\n"
            "A           small  transient  200ms     HTTP 529 overloaded_error\n"
            "B           -      success    11.0s     -\n"
            "\n"
            "#  PROVIDER  MODEL  VERDICT\n"
            "1  A         small  usable\n");
}

TEST(RequestViewTest, ShowsNoControlCharactersOfAnybody) {
  v1::ObservedRequest request = request_that_failed_over();
  request.mutable_summary()->set_model("m\x1b[2J\nfaked line");
  request.mutable_summary()->set_error("e\x07");
  request.mutable_summary()->mutable_attempts(0)->set_detail("d\x1b]0;title\x07");
  request.set_reason("r\u009b31m");
  v1::ListRequestsResponse response;
  *response.add_requests() = request;

  const Rendering all = requests_rendering(response);
  const std::string text = all.text + all.wide_text + request_rendering(request).text;

  for (const char* const character : {"\x1b", "\x07", "\u009b", "\nfaked"}) {
    EXPECT_THAT(text, Not(HasSubstr(character)));
  }
}

}  // namespace
}  // namespace balancer::controlplane::cli

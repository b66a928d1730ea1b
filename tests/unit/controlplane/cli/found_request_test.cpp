// Which request is meant by what a user typed.
#include <gtest/gtest.h>

#include "controlplane/cli/request_view.hpp"
#include "tests/unit/controlplane/cli/observed_requests.hpp"

namespace balancer::controlplane::cli {
namespace {

TEST(FoundRequestTest, IsNamedByItsIdOrTheAnswersOrABeginningOfTheirOwn) {
  const v1::ListRequestsResponse response = two_requests();
  const auto found = [&](const std::string& id) {
    const v1::ObservedRequest* const request = find_request(response, id);
    return request != nullptr ? request->summary().request_id() : "(nobody)";
  };

  EXPECT_EQ(found("req_11"), "req_11");
  EXPECT_EQ(found("req_12"), "req_12");
  EXPECT_EQ(found("msg_77"), "req_11");
  EXPECT_EQ(found("msg"), "req_11");
  EXPECT_EQ(found("req_1"), "(nobody)") << "two begin so";
  EXPECT_EQ(found("eq_1"), "(nobody)");
  EXPECT_EQ(found("other"), "(nobody)");
}

TEST(FoundRequestTest, AWholeIdIsNeverAmbiguous) {
  v1::ListRequestsResponse response = two_requests();
  *response.add_requests() = running_request("req_1");

  ASSERT_NE(find_request(response, "req_1"), nullptr) << "though req_11 and req_12 come before it";
  EXPECT_EQ(find_request(response, "req_1")->summary().request_id(), "req_1");
}

TEST(FoundRequestTest, AWholeIdOfAnAnswerIsNeverAmbiguous) {
  v1::ListRequestsResponse response = two_requests();
  *response.add_requests() = running_request("req_13");
  response.mutable_requests(2)->mutable_summary()->set_upstream_request_id("msg_7");

  ASSERT_NE(find_request(response, "msg_7"), nullptr) << "though another's is msg_77";
  EXPECT_EQ(find_request(response, "msg_7")->summary().request_id(), "req_13");
}

}  // namespace
}  // namespace balancer::controlplane::cli

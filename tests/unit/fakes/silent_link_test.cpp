#include "tests/fakes/silent_link.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/http_client.hpp"

namespace balancer::fakes {
namespace {

using namespace std::chrono_literals;

class SilentLinkTest : public testing::Test {
 protected:
  SilentLinkTest() {
    provider_.always(json_message("hello"));
    link_.lead_to(provider_.port());
  }

  FakeProvider provider_;
  SilentLink link_;
};

TEST_F(SilentLinkTest, HandsOnBothDirections) {
  EXPECT_EQ(HttpClient(link_.port()).post("/", "question").status, 200);

  EXPECT_EQ(provider_.requests().at(0).body, "question");
  EXPECT_TRUE(link_.has_answered_with("hello"));
  EXPECT_FALSE(link_.has_answered_with("goodbye"));
}

TEST_F(SilentLinkTest, HoldsBackWhatIsSaidWhileItIsSilentAndHandsItOnOnceItIsNot) {
  HttpConnection open = HttpClient(link_.port()).connect();
  ASSERT_EQ(open.post("/", "before").status, 200);

  link_.fall_silent();
  open.send_request("POST", "/", "meanwhile");
  HttpConnection late = HttpClient(link_.port()).connect();
  late.send_request("POST", "/", "too late");
  EXPECT_FALSE(provider_.wait_for_requests(2, 100ms));

  link_.heal();
  EXPECT_EQ(open.read_response().status, 200);
  EXPECT_EQ(late.read_response().status, 200);
  EXPECT_EQ(provider_.request_count(), 3u);
}

TEST_F(SilentLinkTest, EndsTheConnectionsOfAFarEndThatIsNotThere) {
  link_.lead_to(0);

  EXPECT_FALSE(HttpClient(link_.port()).post("/", "question").complete);
}

}  // namespace
}  // namespace balancer::fakes

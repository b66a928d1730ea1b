#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/http_client.hpp"
#include "tests/fakes/test_certificate.hpp"

namespace balancer::fakes {
namespace {

class FakeProviderTlsTest : public testing::Test {
 protected:
  HttpClient client_of(const FakeProvider& provider) const {
    return HttpClient({.port = provider.port(), .tls = TlsTrust{authority_.certificate_pem(), "localhost"}});
  }
  std::string failure_against(TlsIdentity identity) const {
    const FakeProvider provider(std::move(identity));
    try {
      (void)client_of(provider).get("/");
      return "answered";
    } catch (const ConversationError& error) {
      return error.what();
    }
  }

  TestAuthority authority_;
};

TEST_F(FakeProviderTlsTest, StreamsOverTlsAndRecordsTheNameAskedFor) {
  FakeProvider provider(authority_.valid());
  provider.enqueue(sse_stream({"Hel", "lo"}).in_pieces_of(7));

  const HttpResponse response = client_of(provider).post("/v1/messages", "{}");

  EXPECT_EQ(response.streamed_text(), "Hello");
  EXPECT_TRUE(response.complete);
  ASSERT_THAT(provider.requests(), testing::SizeIs(1));
  EXPECT_EQ(provider.requests()[0].server_name, "localhost");
}

TEST_F(FakeProviderTlsTest, ResetMidStreamBreaksTheAnswerOff) {
  FakeProvider provider(authority_.valid());
  provider.enqueue(reset_after_events(3, sse_stream({"Hel", "lo"})));

  const HttpResponse response = client_of(provider).post("/v1/messages", "{}");

  EXPECT_EQ(response.streamed_text(), "Hel");
  EXPECT_FALSE(response.complete);
}

TEST_F(FakeProviderTlsTest, BadCertificatesFailAsTheirNamesSay) {
  EXPECT_THAT(failure_against(authority_.expired()), testing::HasSubstr("certificate verify failed"));
  EXPECT_THAT(failure_against(authority_.wrong_name()), testing::HasSubstr("certificate verify failed"));
  EXPECT_THAT(failure_against(TestAuthority().valid()), testing::HasSubstr("certificate verify failed"));
  EXPECT_EQ(failure_against(authority_.valid()), "answered");
}

TEST_F(FakeProviderTlsTest, NoticesThatTheClientLeavesAHangingAnswer) {
  FakeProvider provider(authority_.valid());
  provider.enqueue(hang());
  HttpConnection connection = client_of(provider).connect();
  connection.send_request("POST", "/v1/messages", "{}");
  ASSERT_TRUE(provider.wait_for_requests(1));

  connection.close();

  EXPECT_TRUE(provider.wait_for_client_disconnect());
}

}  // namespace
}  // namespace balancer::fakes

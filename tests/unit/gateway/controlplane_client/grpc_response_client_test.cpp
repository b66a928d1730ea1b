#include "gateway/controlplane_client/grpc_response_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "gateway/controlplane_client/control_plane_link.hpp"
#include "tests/unit/gateway/controlplane_client/fake_controlplane.hpp"
#include "tests/unit/gateway/controlplane_client/io_thread.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using testing::SizeIs;

constexpr std::chrono::milliseconds kLong = 60s;

RequestSignature signature() {
  RequestSignature signature;
  signature.digest.fill(7);
  return signature;
}

v1::StoredAnswer answer(std::string message) {
  v1::StoredAnswer answer;
  answer.set_message(std::move(message));
  answer.set_provider("a");
  answer.set_upstream_model("model-a");
  answer.set_input_token_count(11);
  answer.set_output_token_count(5);
  return answer;
}

class GrpcResponseClientTest : public testing::Test {
 protected:
  GrpcResponseClientTest() { control_plane_.start(); }
  ~GrpcResponseClientTest() override { calls_->cancel_and_wait(); }

  Result<FoundAnswer> fetch() { return io_.spawn(client_.fetch(signature())).get(); }
  std::future<Result<FoundAnswer>> join(std::chrono::milliseconds limit = kLong) {
    return io_.spawn(client_.join(signature(), limit, [this](std::function<void()> cancel) { cancel_ = std::move(cancel); }));
  }

  FakeControlPlane control_plane_;
  std::shared_ptr<LiveCalls> calls_ = std::make_shared<LiveCalls>();
  GrpcResponseClient client_{connect_control_plane(control_plane_.target()), calls_};
  std::function<void()> cancel_;
  IoThread io_;
};

TEST_F(GrpcResponseClientTest, FetchesAStoredAnswerWithItsAge) {
  control_plane_.answer_fetches([](const v1::FetchResponseRequest& request, v1::FetchResponseResponse& response) {
    EXPECT_EQ(request.signature(), std::string(32, '\7'));
    *response.mutable_answer() = answer("{}");
    response.mutable_age()->set_seconds(9);
    return grpc::Status::OK;
  });

  const Result<FoundAnswer> fetched = fetch();

  ASSERT_TRUE(fetched) << fetched.error().message;
  EXPECT_EQ(fetched->answer->message, "{}");
  EXPECT_EQ(fetched->answer->provider, "a");
  EXPECT_EQ(fetched->answer->upstream_model, "model-a");
  EXPECT_EQ(fetched->answer->input_token_count, 11);
  EXPECT_EQ(fetched->answer->output_token_count, 5);
  EXPECT_EQ(fetched->age, 9s);
}

TEST_F(GrpcResponseClientTest, SaysThatThereIsNoSuchAnswer) {
  EXPECT_EQ(fetch().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(join().get().error().code, ErrorCode::kNotFound);
  control_plane_.answer_joins([](const v1::JoinResponseRequest&, v1::JoinResponseResponse&) {
    return grpc::Status(grpc::StatusCode::ABORTED, "came to nothing");
  });
  EXPECT_EQ(join().get().error().code, ErrorCode::kNotFound);
}

TEST_F(GrpcResponseClientTest, AMalformedAnswerIsNone) {
  for (const auto& spoil : std::vector<std::function<void(v1::StoredAnswer&)>>{
           [](v1::StoredAnswer& bad) { bad.clear_message(); },
           [](v1::StoredAnswer& bad) { bad.set_message(std::string(kMaxStoredMessageBytes + 1, 'x')); },
           [](v1::StoredAnswer& bad) { bad.set_input_token_count(-1); },
           [](v1::StoredAnswer& bad) { bad.set_output_token_count(-1); }}) {
    control_plane_.answer_fetches([&](const v1::FetchResponseRequest&, v1::FetchResponseResponse& response) {
      *response.mutable_answer() = answer("{}");
      spoil(*response.mutable_answer());
      return grpc::Status::OK;
    });
    EXPECT_EQ(fetch().error().code, ErrorCode::kUnavailable);
  }
}

TEST_F(GrpcResponseClientTest, CarriesTheLongestAnswerBothWays) {
  const std::string longest(kMaxStoredMessageBytes, 'x');
  control_plane_.answer_fetches([&](const v1::FetchResponseRequest&, v1::FetchResponseResponse& response) {
    *response.mutable_answer() = answer(longest);
    return grpc::Status::OK;
  });
  const Result<FoundAnswer> fetched = fetch();
  ASSERT_TRUE(fetched) << fetched.error().message;

  const Result<void> stored = io_.spawn(client_.store(signature(), *fetched->answer, true)).get();

  ASSERT_TRUE(stored) << stored.error().message;
  ASSERT_THAT(control_plane_.stored(), SizeIs(1));
  const v1::StoreResponseRequest request = control_plane_.stored().front();
  EXPECT_EQ(request.signature(), std::string(32, '\7'));
  EXPECT_TRUE(request.cacheable());
  EXPECT_EQ(request.answer().message().size(), longest.size());
  EXPECT_EQ(request.answer().upstream_model(), "model-a");
}

TEST_F(GrpcResponseClientTest, JoinsAnAnswerThatIsBeingMade) {
  control_plane_.answer_joins([](const v1::JoinResponseRequest&, v1::JoinResponseResponse& response) {
    *response.mutable_answer() = answer("joined");
    return grpc::Status::OK;
  });

  EXPECT_EQ(join().get()->answer->message, "joined");
}

TEST_F(GrpcResponseClientTest, AJoinThatIsCancelledEndsAtOnceAndTheControlPlaneHears) {
  control_plane_.hold_joins();
  auto joined = join();
  ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.join_count() == 1; }));

  // The control plane may hear of the call before its caller has said how to cancel it.
  std::function<void()> cancel;
  io_.run([&] { cancel = cancel_; });
  cancel();

  EXPECT_EQ(joined.get().error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(control_plane_.wait_until([&] { return control_plane_.cancelled_join_count() == 1; }));
  cancel();
}

TEST_F(GrpcResponseClientTest, AJoinIsWaitedForSoLong) {
  control_plane_.hold_joins();

  EXPECT_EQ(join(30ms).get().error().code, ErrorCode::kGatewayTimeout);
}

TEST_F(GrpcResponseClientTest, AJoinEndsWithTheControlPlane) {
  control_plane_.hold_joins();
  auto joined = join();
  ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.join_count() == 1; }));

  control_plane_.stop();

  EXPECT_EQ(joined.get().error().code, ErrorCode::kUnavailable);
}

TEST_F(GrpcResponseClientTest, AJoinEndsWithTheLink) {
  control_plane_.hold_joins();
  auto joined = join();
  ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.join_count() == 1; }));

  calls_->cancel_and_wait();

  EXPECT_EQ(joined.get().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(fetch().error().code, ErrorCode::kUnavailable) << "nothing begins any more";
}

}  // namespace
}  // namespace balancer::gateway

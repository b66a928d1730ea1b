// grpc.health.v1: who watches it hears of the end before the end.
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <memory>
#include <optional>
#include <thread>

#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/controlplane/rpc/served_control_plane.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

constexpr int kServing = 1;
constexpr int kNotServing = 2;

// The health messages have one field each, number 1, as protobuf's wrappers do.
class HealthWatcher {
 public:
  explicit HealthWatcher(std::shared_ptr<grpc::Channel> channel) : stub_(std::move(channel)) {
    set_generous_deadline(context_);
    call_ = stub_.PrepareCall(&context_, "/grpc.health.v1.Health/Watch", &queue_);
    call_->StartCall(this);
    EXPECT_TRUE(completed());
    call_->WriteLast({}, {}, this);
    EXPECT_TRUE(completed());
  }
  ~HealthWatcher() {
    leave();
    grpc::Status ignored;
    call_->Finish(&ignored, this);
    completed();
    queue_.Shutdown();
    while (completed()) {
    }
  }
  HealthWatcher(const HealthWatcher&) = delete;
  HealthWatcher& operator=(const HealthWatcher&) = delete;

  // What is said next; nothing when the watch ends instead.
  [[nodiscard]] std::optional<int> next() {
    google::protobuf::Int32Value status;
    call_->Read(&status, this);
    if (!completed()) return std::nullopt;
    return status.value();
  }
  void leave() { context_.TryCancel(); }

 private:
  bool completed() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  using Stub = grpc::TemplatedGenericStub<google::protobuf::StringValue, google::protobuf::Int32Value>;
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  Stub stub_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<google::protobuf::StringValue, google::protobuf::Int32Value>> call_;
};

TEST(GrpcHealthTest, SaysNotServingBeforeTheServerCloses) {
  // Over a socket, as gateways have it: within a process the end of the server ends all calls at once.
  const fakes::TempDir folder;
  GrpcServerSettings settings;
  settings.listen = UnixAddress{folder / "s.sock"};
  ServedControlPlane served(sample_config({"a"}), settings);
  HealthWatcher watcher(grpc::CreateChannel(to_string(*settings.listen), grpc::InsecureChannelCredentials()));
  ASSERT_EQ(watcher.next(), kServing);

  // Waits for the watcher's own call, for as long as the grace is.
  std::thread ending([&] { served.server->shut_down(15s); });

  EXPECT_EQ(watcher.next(), kNotServing);
  watcher.leave();
  ending.join();
}

}  // namespace
}  // namespace balancer::controlplane

#include "gateway/controlplane_client/health_watch.hpp"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/fakes/temp_dir.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;

const std::string kServing = "\x08\x01";
// A field that begins and has no value.
const std::string kUnreadable = "\x08";

// Says its word and no more; the call stays open until the caller ends it.
class Watch final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Watch(const std::string& word) {
    const grpc::Slice slice(word);
    message_ = grpc::ByteBuffer(&slice, 1);
    StartWrite(&message_);
  }

 private:
  void OnCancel() override { Finish(grpc::Status::CANCELLED); }
  void OnDone() override { delete this; }

  grpc::ByteBuffer message_;
};

// The first Watch is told the first word, and so on; whoever comes after the last word is told that too.
class ScriptedHealth final : public grpc::CallbackGenericService {
 public:
  explicit ScriptedHealth(std::vector<std::string> words) : words_(std::move(words)) {}

  [[nodiscard]] std::size_t watch_count() const { return watch_count_; }

 private:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new Watch(words_[std::min(watch_count_++, words_.size() - 1)]);
  }

  const std::vector<std::string> words_;
  std::atomic<std::size_t> watch_count_{0};
};

TEST(HealthWatchTest, GoesOnListeningAfterAMessageThatCannotBeRead) {
  const fakes::TempDir folder;
  const std::string address = "unix:" + (folder / "s.sock").string();
  ScriptedHealth health({kUnreadable, kServing});
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterCallbackGenericService(&health);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  asio::io_context context;
  auto news = std::make_shared<ControlPlaneNews>();
  std::promise<void> serving;
  const auto listener = std::make_shared<ControlPlaneNews::Listener>(
      ControlPlaneNews::Listener{[](const ProviderStatuses&) {}, [&] { serving.set_value(); }});
  auto calls = std::make_shared<LiveCalls>();
  HealthWatch watch(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()), context, calls, news, /*seed=*/1);
  news->subscribe(context, listener);
  auto work = asio::make_work_guard(context);

  asio::post(context, [&] { watch.connect(); });
  std::thread thread([&] { context.run(); });

  EXPECT_EQ(serving.get_future().wait_for(15s), std::future_status::ready);
  EXPECT_EQ(health.watch_count(), 2U);
  calls->cancel_and_wait();
  work.reset();
  context.stop();
  thread.join();
  server->Shutdown();
}

}  // namespace
}  // namespace balancer::gateway

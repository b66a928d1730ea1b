// One Decide stream, as gRPC sees it: hands what gRPC's threads deliver to one I/O thread through a mailbox.
#pragma once

#include <grpcpp/grpcpp.h>
#include <google/protobuf/arena.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "balancer/controlplane/v1/routing.grpc.pb.h"

namespace balancer::gateway {

namespace v1 = balancer::controlplane::v1;

// Everything public is for the I/O thread, which must not destroy the call before gRPC is done with it: when there is a
// status, or after cancel_and_wait(). Never destroyed on gRPC's threads (live_calls.hpp says why).
class DecideCall final : private grpc::ClientBidiReactor<v1::DecideRequest, v1::DecideResponse> {
 public:
  // A received batch; its memory is used again for later ones.
  class Reply {
   public:
    Reply() : arena_(buffer_.data(), buffer_.size()) { reset(); }
    void reset();
    [[nodiscard]] v1::DecideResponse& message() { return *message_; }

   private:
    std::array<char, 4096> buffer_;
    google::protobuf::Arena arena_;
    v1::DecideResponse* message_ = nullptr;
  };
  using Replies = std::vector<std::unique_ptr<Reply>>;

  // `wake` is called on gRPC's threads when there is something to take: once, until it has been taken.
  static std::unique_ptr<DecideCall> start(v1::RoutingService::Stub& stub, std::function<void()> wake);

  // False while the former batch is being written; `wake` tells when it has been. Otherwise takes the content of
  // `batch`, leaving an empty message.
  [[nodiscard]] bool try_write(v1::DecideRequest& batch);

  struct News {
    Replies replies;
    // Nothing more comes and nothing more may be written.
    bool ended = false;
    // Set when gRPC is done with the call.
    std::optional<grpc::Status> status;
  };
  // Takes back the replies of the last time with their memory.
  void take(News& news);

  // To be called once `ended` is known, before waiting for the status.
  void release();

  // The batch that never left, once there is a status; else null.
  [[nodiscard]] v1::DecideRequest* unsent_batch() { return write_failed_ ? &writing_ : nullptr; }

  // Ends the call soon: `wake` tells when.
  void cancel() { context_.TryCancel(); }

  // Ends the call and blocks until gRPC is done with it (microseconds); `wake` is not called afterwards.
  void cancel_and_wait();

 private:
  enum class WriteState { kIdle, kWriting, kWritingWhileMoreWaits };

  explicit DecideCall(std::function<void()> wake) : wake_(std::move(wake)), reading_(std::make_unique<Reply>()) {}

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;
  template <class Change>
  void tell(Change change);

  const std::function<void()> wake_;
  grpc::ClientContext context_;
  bool released_ = false;

  v1::DecideRequest writing_;
  std::atomic<WriteState> write_state_{WriteState::kIdle};
  bool write_failed_ = false;

  std::unique_ptr<Reply> reading_;

  std::mutex mutex_;
  Replies inbox_;
  Replies spare_;
  bool woken_ = false;
  bool ended_ = false;
  std::optional<grpc::Status> status_;
  std::condition_variable status_set_;
};

}  // namespace balancer::gateway

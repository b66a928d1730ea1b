// A Decide stream over a channel of gRPC's own: hands what gRPC's threads deliver to one I/O thread through a mailbox.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "balancer/controlplane/v1/routing.grpc.pb.h"
#include "common/async/asio.hpp"
#include "gateway/controlplane_client/decide_call.hpp"

namespace balancer::gateway {

// Never destroyed on gRPC's threads (live_calls.hpp says why).
class GrpcDecideCall final : public DecideCall, private grpc::ClientBidiReactor<v1::DecideRequest, v1::DecideResponse> {
 public:
  // `context` is that of the I/O thread.
  static std::unique_ptr<GrpcDecideCall> start(v1::RoutingService::Stub& stub, asio::io_context& context, Wake wake);

  [[nodiscard]] bool try_write(v1::DecideRequest& batch) override;
  void take(News& news) override;
  void release() override;
  [[nodiscard]] v1::DecideRequest* unsent_batch() override { return write_failed_ ? &writing_ : nullptr; }
  void cancel() override { context_.TryCancel(); }
  // Blocks until gRPC is done with the call.
  void cancel_and_wait() override;

 private:
  enum class WriteState { kIdle, kWriting, kWritingWhileMoreWaits };

  GrpcDecideCall(asio::io_context& io_context, Wake wake)
      : io_context_(io_context),
        wake_(std::make_shared<const Wake>(std::move(wake))),
        reading_(std::make_unique<Reply>()) {}

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;
  template <class Change>
  void tell(Change change);
  void post_wake();

  asio::io_context& io_context_;
  const std::shared_ptr<const Wake> wake_;
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

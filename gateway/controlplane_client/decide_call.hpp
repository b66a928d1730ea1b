// One Decide stream, whatever carries it.
#pragma once

#include <google/protobuf/arena.h>
#include <grpcpp/support/status.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "balancer/controlplane/v1/routing.pb.h"

namespace balancer::gateway {

namespace v1 = balancer::controlplane::v1;

// For one I/O thread, which must not destroy the call before it is over: when there is a status, or after
// cancel_and_wait().
class DecideCall {
 public:
  // Called on the I/O thread when there is something to take, but never from within a call of the thread's own. The
  // DecideCall may be destroyed in it.
  using Wake = std::function<void()>;

  // Received batches; their memory is used again for later ones.
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

  struct News {
    Replies replies;
    // Nothing more comes and nothing more may be written.
    bool ended = false;
    // Set when the call is over.
    std::optional<grpc::Status> status;
  };

  virtual ~DecideCall() = default;

  // False while the former batch is being written; Wake tells when it has been. Otherwise takes the content of `batch`,
  // leaving an empty message.
  [[nodiscard]] virtual bool try_write(v1::DecideRequest& batch) = 0;

  // Takes back the replies of the last time with their memory.
  virtual void take(News& news) = 0;

  // To be called once `ended` is known, before waiting for the status.
  virtual void release() = 0;

  // The batch that never left, once there is a status; else null.
  [[nodiscard]] virtual v1::DecideRequest* unsent_batch() = 0;

  // Ends the call soon: Wake tells when.
  virtual void cancel() = 0;

  // Ends the call; returns when it is over, microseconds later at most. Wake is not called afterwards.
  virtual void cancel_and_wait() = 0;
};

}  // namespace balancer::gateway

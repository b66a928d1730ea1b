// The gRPC calls that the link has in flight, so that it can end them and wait before it goes away.
#pragma once

#include <grpcpp/client_context.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <utility>
#include <vector>

namespace balancer::gateway {

// Thread-safe.
//
// A finished call is kept until one of our own threads frees it: its ClientContext holds the channel, and in gRPC 1.51
// the thread that drops the last reference to a channel joins gRPC's callback threads, which must not be itself.
class LiveCalls {
 public:
  // Before the call is started; not on gRPC's threads. False: the link is going away, do not start it.
  [[nodiscard]] bool add(grpc::ClientContext& context) {
    std::vector<std::shared_ptr<void>> retired;
    const std::lock_guard lock(mutex_);
    retired.swap(retired_);
    if (closed_) return false;
    contexts_.insert(&context);
    return true;
  }

  // The link is going away: calls end for no other reason.
  [[nodiscard]] bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

  // The last thing that a call does, on gRPC's thread. `call` owns `context` and has no other owner.
  void retire(std::shared_ptr<void> call, grpc::ClientContext& context) {
    const std::lock_guard lock(mutex_);
    contexts_.erase(&context);
    retired_.push_back(std::move(call));
    if (contexts_.empty()) none_left_.notify_all();
  }

  // Admits no call any more and blocks until all have ended and been freed. Not on gRPC's threads.
  void cancel_and_wait() {
    std::vector<std::shared_ptr<void>> retired;
    std::unique_lock lock(mutex_);
    closed_ = true;
    for (grpc::ClientContext* context : contexts_) context->TryCancel();
    none_left_.wait(lock, [this] { return contexts_.empty(); });
    retired.swap(retired_);
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable none_left_;
  std::unordered_set<grpc::ClientContext*> contexts_;
  std::vector<std::shared_ptr<void>> retired_;
  bool closed_ = false;
};

}  // namespace balancer::gateway

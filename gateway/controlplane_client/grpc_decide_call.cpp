#include "gateway/controlplane_client/grpc_decide_call.hpp"

#include <utility>

namespace balancer::gateway {

std::unique_ptr<GrpcDecideCall> GrpcDecideCall::start(v1::RoutingService::Stub& stub, asio::io_context& context,
                                                      Wake wake) {
  std::unique_ptr<GrpcDecideCall> call(new GrpcDecideCall(context, std::move(wake)));
  stub.async()->Decide(&call->context_, call.get());
  // Writes start outside of gRPC's reactions: the hold keeps the call from ending before release().
  call->AddHold();
  call->StartRead(&call->reading_->message());
  call->StartCall();
  return call;
}

bool GrpcDecideCall::try_write(v1::DecideRequest& batch) {
  WriteState state = WriteState::kIdle;
  while (!write_state_.compare_exchange_strong(state, WriteState::kWriting, std::memory_order_acquire)) {
    if (state == WriteState::kWritingWhileMoreWaits) return false;
    if (state == WriteState::kWriting &&
        write_state_.compare_exchange_strong(state, WriteState::kWritingWhileMoreWaits)) {
      return false;
    }
    state = WriteState::kIdle;
  }
  writing_.Clear();
  writing_.Swap(&batch);
  StartWrite(&writing_);
  return true;
}

void GrpcDecideCall::take(News& news) {
  const std::lock_guard lock(mutex_);
  for (auto& reply : news.replies) spare_.push_back(std::move(reply));
  news.replies.clear();
  news.replies.swap(inbox_);
  news.ended = ended_;
  news.status = status_;
  woken_ = false;
}

void GrpcDecideCall::release() {
  if (!std::exchange(released_, true)) RemoveHold();
}

void GrpcDecideCall::cancel_and_wait() {
  context_.TryCancel();
  release();
  std::unique_lock lock(mutex_);
  status_set_.wait(lock, [this] { return status_.has_value(); });
}

template <class Change>
void GrpcDecideCall::tell(Change change) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    change();
    wake = !std::exchange(woken_, true);
  }
  if (wake) post_wake();
}

// What is called may outlive the call.
void GrpcDecideCall::post_wake() {
  asio::post(io_context_, [wake = wake_] { (*wake)(); });
}

void GrpcDecideCall::OnReadDone(bool ok) {
  if (!ok) {
    // Of a message that is none, only this end knows.
    context_.TryCancel();
    tell([this] { ended_ = true; });
    return;
  }
  std::unique_ptr<Reply> next;
  tell([&] {
    inbox_.push_back(std::move(reading_));
    if (spare_.empty()) return;
    next = std::move(spare_.back());
    spare_.pop_back();
  });
  if (next) {
    next->reset();
  } else {
    next = std::make_unique<Reply>();
  }
  reading_ = std::move(next);
  StartRead(&reading_->message());
}

void GrpcDecideCall::OnWriteDone(bool ok) {
  // After a failure nothing more is written: the read fails as well and ends the call.
  if (!ok) {
    write_failed_ = true;
    return;
  }
  const WriteState former = write_state_.exchange(WriteState::kIdle, std::memory_order_acq_rel);
  if (former == WriteState::kWritingWhileMoreWaits) tell([] {});
}

void GrpcDecideCall::OnDone(const grpc::Status& status) {
  // The I/O thread may destroy the call as soon as it has the lock.
  const std::lock_guard lock(mutex_);
  ended_ = true;
  status_ = status;
  status_set_.notify_all();
  if (!std::exchange(woken_, true)) post_wake();
}

}  // namespace balancer::gateway

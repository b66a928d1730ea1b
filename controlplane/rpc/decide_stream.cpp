#include "controlplane/rpc/decide_stream.hpp"

#include <utility>

#include "controlplane/rpc/routing_encoding.hpp"

namespace balancer::controlplane {

DecideStream::DecideStream(ControlPlane& control_plane, OpenStreams& open_streams)
    : control_plane_(control_plane), entry_(open_streams, *this) {
  const std::lock_guard lock(mutex_);
  advance();
}

void DecideStream::end() {
  const std::lock_guard lock(mutex_);
  close({grpc::StatusCode::UNAVAILABLE, "the control plane is shutting down"});
  advance();
}

void DecideStream::OnReadDone(bool ok) {
  if (ok) serve_batch();

  const std::lock_guard lock(mutex_);
  reading_ = false;
  if (!ok) close(grpc::Status::OK);
  if (unsent_.decisions().empty()) {
    unsent_.Swap(&decided_);
  } else {
    unsent_.MergeFrom(decided_);
  }
  decided_.Clear();
  advance();
}

void DecideStream::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex_);
  writing_ = false;
  if (!ok) {
    close(grpc::Status::CANCELLED);
    unsent_.Clear();
  }
  advance();
}

void DecideStream::OnDone() {
  control_plane_.abandon(ledger_);
  delete this;
}

void DecideStream::OnCancel() {
  const std::lock_guard lock(mutex_);
  close(grpc::Status::CANCELLED);
  unsent_.Clear();
  advance();
}

void DecideStream::serve_batch() {
  // Reports first: a decision knows all that its gateway knew when it asked.
  for (const v1::AttemptReport& message : request_.reports()) {
    if (const auto report = decode(message)) control_plane_.record(*report, ledger_);
  }
  for (const v1::RouteQuery& query : request_.queries()) {
    v1::RouteDecision& answer = *decided_.add_decisions();
    answer.set_id(query.id());
    encode(control_plane_.decide(decode(query), ledger_), answer);
  }
}

void DecideStream::close(grpc::Status status) {
  if (!closing_) closing_ = std::move(status);
}

void DecideStream::advance() {
  if (finished_) return;
  if (!writing_ && !unsent_.decisions().empty()) {
    outgoing_.Clear();
    outgoing_.Swap(&unsent_);
    writing_ = true;
    StartWrite(&outgoing_);
  }
  if (!writing_ && closing_) {
    finished_ = true;
    Finish(*closing_);
    return;
  }
  if (!reading_ && !closing_ && unsent_.decisions_size() < kMaxUnsentDecisions) {
    reading_ = true;
    StartRead(&request_);
  }
}

}  // namespace balancer::controlplane

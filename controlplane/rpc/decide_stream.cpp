#include "controlplane/rpc/decide_stream.hpp"

#include <utility>

#include "controlplane/rpc/routing_encoding.hpp"

namespace balancer::controlplane {
namespace {

bool is_empty(const v1::DecideResponse& message) {
  return message.decisions().empty() && message.wanted_leads().empty();
}

}  // namespace

// The stream as the owner of its leads: may be called when the stream is gone.
class DecideStream::Leads final : public LeadOwner {
 public:
  explicit Leads(DecideStream& stream) : stream_(&stream) {}

  void on_wanted(const RequestSignature& signature) override {
    const std::lock_guard lock(mutex_);
    if (stream_ != nullptr) stream_->push_wanted(signature);
  }
  // The stream is not called after this.
  void detach() {
    const std::lock_guard lock(mutex_);
    stream_ = nullptr;
  }

 private:
  std::mutex mutex_;
  DecideStream* stream_;
};

DecideStream::DecideStream(ControlPlane& control_plane, OpenStreams& open_streams)
    : control_plane_(control_plane),
      leads_(std::make_shared<Leads>(*this)),
      ledger_(leads_),
      entry_(open_streams, *this) {
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
  serving_ = false;
  if (!ok) close(grpc::Status::OK);
  unsent_answer_bytes_ += std::exchange(decided_answer_bytes_, 0);
  if (is_empty(unsent_)) {
    unsent_.Swap(&decided_);
  } else {
    unsent_.MergeFrom(decided_);
  }
  decided_.Clear();
  unsent_.MergeFrom(held_back_);
  held_back_.Clear();
  advance();
}

void DecideStream::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex_);
  writing_ = false;
  if (!ok) {
    close(grpc::Status::CANCELLED);
    drop_unsent();
  }
  advance();
}

void DecideStream::OnDone() {
  control_plane_.abandon(ledger_);
  leads_->detach();
  delete this;
}

void DecideStream::OnCancel() {
  const std::lock_guard lock(mutex_);
  close(grpc::Status::CANCELLED);
  drop_unsent();
  advance();
}

void DecideStream::serve_batch() {
  std::size_t answer_room = kMaxCarriedBytesOfMessage;
  {
    const std::lock_guard lock(mutex_);
    serving_ = true;
    // What is decided now may go into one message with what is unsent.
    answer_room -= unsent_answer_bytes_;
  }
  if (!request_.gateway_id().empty()) gateway_id_ = request_.gateway_id();
  // Reports first: a decision knows all that its gateway knew when it asked.
  for (const v1::AttemptReport& message : request_.reports()) {
    const std::optional<routing::AttemptReport> report = decode(message);
    if (!report) continue;
    control_plane_.record(*report, ledger_);
    control_plane_.activity().observe_attempt(*report);
  }
  for (const v1::LeadEnd& message : request_.lead_ends()) {
    if (const auto end = decode(message)) control_plane_.responses().end_lead(*end, *leads_);
  }
  for (const v1::RouteQuery& query : request_.queries()) {
    v1::RouteDecision& answer = *decided_.add_decisions();
    answer.set_id(query.id());
    DecisionQuery decoded = decode(query);
    decoded.gateway_id = gateway_id_;
    const Decision decision = control_plane_.decide(decoded, ledger_);
    encode(decision, answer);
    decided_answer_bytes_ += carry_answer(decision, answer_room - decided_answer_bytes_, answer);
  }
  for (const v1::RequestSummary& message : request_.requests()) {
    control_plane_.activity().observe_request(decode(message), gateway_id_);
  }
  for (const v1::RequestTally& message : request_.request_tallies()) {
    control_plane_.activity().count_requests(decode(message));
  }
}

void DecideStream::push_wanted(const RequestSignature& signature) {
  const std::lock_guard lock(mutex_);
  if (closing_) return;
  v1::DecideResponse& message = serving_ ? held_back_ : unsent_;
  message.add_wanted_leads()->set_signature(signature.digest.data(), signature.digest.size());
  advance();
}

void DecideStream::drop_unsent() {
  unsent_.Clear();
  unsent_answer_bytes_ = 0;
}

void DecideStream::close(grpc::Status status) {
  if (!closing_) closing_ = std::move(status);
}

void DecideStream::advance() {
  if (finished_) return;
  if (!writing_ && !is_empty(unsent_)) {
    outgoing_.Clear();
    outgoing_.Swap(&unsent_);
    unsent_answer_bytes_ = 0;
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

// One gateway thread's Decide stream: every batch of queries is decided as it is read and answered in one write; what
// is decided while a write is under way goes into the next. So does what others want of its leads: never before the
// decision that began the lead.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

#include "balancer/controlplane/v1/routing.pb.h"
#include "controlplane/domain/control_plane.hpp"
#include "controlplane/rpc/open_streams.hpp"

namespace balancer::controlplane {

// Deletes itself when the call is over. The references must outlive the server that runs it.
class DecideStream final : public grpc::ServerBidiReactor<v1::DecideRequest, v1::DecideResponse>, public OpenStream {
 public:
  // Unsent decisions past which nothing more is read from a gateway that does not take its answers.
  static constexpr int kMaxUnsentDecisions = 4096;

  DecideStream(ControlPlane& control_plane, OpenStreams& open_streams);

  void end() override;

 private:
  class Leads;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // Answers request_ into decided_.
  void serve_batch();
  void push_wanted(const RequestSignature& signature);
  // These three are called with mutex_ held. The first reason to close counts.
  void close(grpc::Status status);
  void drop_unsent();
  // Starts what may be started now: a write, a read, or the end of the call.
  void advance();

  ControlPlane& control_plane_;

  // Belong to the one read that is under way or being served.
  v1::DecideRequest request_;
  v1::DecideResponse decided_;
  // What the stored answers in it take.
  std::size_t decided_answer_bytes_ = 0;
  std::string gateway_id_;
  const std::shared_ptr<Leads> leads_;
  AttemptLedger ledger_;

  std::mutex mutex_;
  v1::DecideResponse unsent_;
  std::size_t unsent_answer_bytes_ = 0;
  // Wanted leads alone, of which the batch that is being served may be the beginning.
  v1::DecideResponse held_back_;
  // Belongs to the write while writing_.
  v1::DecideResponse outgoing_;
  bool reading_ = false;
  bool serving_ = false;
  bool writing_ = false;
  bool finished_ = false;
  std::optional<grpc::Status> closing_;

  OpenStreams::Entry entry_;
};

}  // namespace balancer::controlplane

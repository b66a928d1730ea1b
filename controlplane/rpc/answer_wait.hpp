// One JoinResponse call that waits for an answer: ends with it, with ABORTED when there is none to share, or when its
// client or the server does.
#pragma once

#include <grpcpp/grpcpp.h>

#include <optional>

#include "balancer/controlplane/v1/response.pb.h"
#include "controlplane/domain/shared_responses.hpp"
#include "controlplane/rpc/open_streams.hpp"

namespace balancer::controlplane {

// Deletes itself when the call is over. The references must outlive the server that runs it; `response` is the call's
// own. Whoever takes it out of the table of leads finishes the call: who tells it, or it itself when it leaves.
class AnswerWait final : public grpc::ServerUnaryReactor, public OpenStream, public AnswerWaiter {
 public:
  AnswerWait(SharedResponses& responses, OpenStreams& open_streams, const RequestSignature& signature,
             v1::JoinResponseResponse& response);

  void end() override;
  void on_answer(const SharedAnswer& answer) override;

 private:
  void OnCancel() override;
  void OnDone() override { delete this; }

  // Nothing when the call is finished, or is about to be, by somebody else.
  void leave(const grpc::Status& status);

  SharedResponses& responses_;
  const RequestSignature signature_;
  v1::JoinResponseResponse& response_;

  std::optional<OpenStreams::Entry> entry_;
};

}  // namespace balancer::controlplane

#include "controlplane/rpc/answer_wait.hpp"

#include "controlplane/rpc/response_encoding.hpp"

namespace balancer::controlplane {

AnswerWait::AnswerWait(SharedResponses& responses, OpenStreams& open_streams, const RequestSignature& signature,
                       v1::JoinResponseResponse& response)
    : responses_(responses), signature_(signature), response_(response) {
  if (!responses_.join(signature_, *this)) {
    Finish({grpc::StatusCode::NOT_FOUND, "nobody makes this answer"});
    return;
  }
  // Only one who waits can be ended; the call is not over, whatever happens, before its handler has returned.
  entry_.emplace(open_streams, *this);
}

void AnswerWait::end() { leave({grpc::StatusCode::UNAVAILABLE, "the control plane is shutting down"}); }

void AnswerWait::on_answer(const SharedAnswer& answer) {
  if (answer == nullptr) {
    Finish({grpc::StatusCode::ABORTED, "the lead ended without an answer that could be shared"});
    return;
  }
  encode(*answer, *response_.mutable_answer());
  Finish(grpc::Status::OK);
}

void AnswerWait::OnCancel() { leave(grpc::Status::CANCELLED); }

void AnswerWait::leave(const grpc::Status& status) {
  if (responses_.leave(signature_, *this)) Finish(status);
}

}  // namespace balancer::controlplane

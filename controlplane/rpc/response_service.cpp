#include "controlplane/rpc/response_service.hpp"

#include "controlplane/rpc/answer_wait.hpp"
#include "controlplane/rpc/response_encoding.hpp"
#include "controlplane/rpc/time_encoding.hpp"

namespace balancer::controlplane {
namespace {

grpc::ServerUnaryReactor* finish(grpc::CallbackServerContext& context, const grpc::Status& status) {
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* ResponseService::StoreResponse(grpc::CallbackServerContext* context,
                                                         const v1::StoreResponseRequest* request,
                                                         v1::StoreResponseResponse*) {
  const std::optional<RequestSignature> signature = decode_signature(request->signature());
  if (!signature) return finish(*context, invalid_signature());
  if (const grpc::Status refused = check(request->answer()); !refused.ok()) return finish(*context, refused);
  responses_.store(*signature, decode(request->answer()), request->cacheable());
  return finish(*context, grpc::Status::OK);
}

grpc::ServerUnaryReactor* ResponseService::FetchResponse(grpc::CallbackServerContext* context,
                                                         const v1::FetchResponseRequest* request,
                                                         v1::FetchResponseResponse* response) {
  const std::optional<RequestSignature> signature = decode_signature(request->signature());
  if (!signature) return finish(*context, invalid_signature());
  const std::optional<FoundAnswer> fetched = responses_.fetch(*signature);
  if (!fetched) return finish(*context, {grpc::StatusCode::NOT_FOUND, "the answer is not stored"});
  encode(*fetched->answer, *response->mutable_answer());
  *response->mutable_age() = encode_duration(fetched->age);
  return finish(*context, grpc::Status::OK);
}

grpc::ServerUnaryReactor* ResponseService::JoinResponse(grpc::CallbackServerContext* context,
                                                        const v1::JoinResponseRequest* request,
                                                        v1::JoinResponseResponse* response) {
  const std::optional<RequestSignature> signature = decode_signature(request->signature());
  if (!signature) return finish(*context, invalid_signature());
  return new AnswerWait(responses_, open_streams_, *signature, *response);
}

}  // namespace balancer::controlplane

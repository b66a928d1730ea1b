#include "gateway/controlplane_client/grpc_response_client.hpp"

#include <fmt/format.h>

#include <utility>

#include "gateway/controlplane_client/answer_decoding.hpp"
#include "gateway/controlplane_client/proto_time.hpp"
#include "gateway/controlplane_client/signature_bytes.hpp"
#include "gateway/controlplane_client/unary_await.hpp"

namespace balancer::gateway {
namespace {

namespace v1 = balancer::controlplane::v1;

// A client waits meanwhile, and could be asking a provider.
constexpr std::chrono::seconds kFetchDeadline{1};

Error error_of(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::NOT_FOUND:
    case grpc::StatusCode::ABORTED: return {ErrorCode::kNotFound, "there is no such answer", {}};
    case grpc::StatusCode::DEADLINE_EXCEEDED: return {ErrorCode::kGatewayTimeout, "the answer did not come in time", {}};
    default:
      return {ErrorCode::kUnavailable,
              fmt::format("the control plane does not answer (gRPC status {})", static_cast<int>(status.error_code())),
              {}};
  }
}

Result<FoundAnswer> decode(v1::StoredAnswer& message, std::chrono::milliseconds age) {
  auto answer = decode_answer(message);
  if (answer == nullptr) return Error{ErrorCode::kUnavailable, "the control plane's answer is malformed", {}};
  return FoundAnswer{std::move(answer), age};
}

Result<FoundAnswer> read_fetched(const grpc::Status& status, v1::FetchResponseResponse& response) {
  if (!status.ok()) return error_of(status);
  return decode(*response.mutable_answer(), to_age(response.age()));
}

Result<FoundAnswer> read_joined(const grpc::Status& status, v1::JoinResponseResponse& response) {
  if (!status.ok()) return error_of(status);
  return decode(*response.mutable_answer(), std::chrono::milliseconds(0));
}

Result<void> read_stored(const grpc::Status& status, v1::StoreResponseResponse&) {
  if (!status.ok()) return error_of(status);
  return {};
}

}  // namespace

GrpcResponseClient::GrpcResponseClient(const std::shared_ptr<grpc::Channel>& channel, std::shared_ptr<LiveCalls> calls)
    : stub_(v1::ResponseService::NewStub(channel)), calls_(std::move(calls)) {}

asio::awaitable<Result<FoundAnswer>> GrpcResponseClient::fetch(RequestSignature signature) {
  v1::FetchResponseRequest request;
  set_signature(*request.mutable_signature(), signature);
  return await_unary_call(
      calls_, std::move(request), kFetchDeadline,
      [stub = stub_](auto* context, const auto* question, auto* response, auto callback) {
        stub->async()->FetchResponse(context, question, response, std::move(callback));
      },
      &read_fetched, OnCallStarted());
}

asio::awaitable<Result<FoundAnswer>> GrpcResponseClient::join(RequestSignature signature,
                                                              std::chrono::milliseconds limit,
                                                              std::function<void(std::function<void()>)> on_started) {
  v1::JoinResponseRequest request;
  set_signature(*request.mutable_signature(), signature);
  return await_unary_call(
      calls_, std::move(request), limit,
      [stub = stub_](auto* context, const auto* question, auto* response, auto callback) {
        stub->async()->JoinResponse(context, question, response, std::move(callback));
      },
      &read_joined, std::move(on_started));
}

asio::awaitable<Result<void>> GrpcResponseClient::store(RequestSignature signature, StoredAnswer answer,
                                                        bool cacheable) {
  v1::StoreResponseRequest request;
  set_signature(*request.mutable_signature(), signature);
  request.set_cacheable(cacheable);
  v1::StoredAnswer& message = *request.mutable_answer();
  *message.mutable_message() = std::move(answer.message);
  *message.mutable_provider() = std::move(answer.provider);
  *message.mutable_upstream_model() = std::move(answer.upstream_model);
  message.set_input_token_count(answer.input_token_count);
  message.set_output_token_count(answer.output_token_count);
  return await_unary_call(
      calls_, std::move(request), kUnaryDeadline,
      [stub = stub_](auto* context, const auto* question, auto* response, auto callback) {
        stub->async()->StoreResponse(context, question, response, std::move(callback));
      },
      &read_stored, OnCallStarted());
}

}  // namespace balancer::gateway

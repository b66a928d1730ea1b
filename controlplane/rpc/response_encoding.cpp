#include "controlplane/rpc/response_encoding.hpp"

#include <algorithm>
#include <memory>

namespace balancer::controlplane {

std::optional<RequestSignature> decode_signature(const std::string& bytes) {
  RequestSignature signature;
  if (bytes.size() != signature.digest.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), signature.digest.begin());
  return signature;
}

grpc::Status invalid_signature() { return {grpc::StatusCode::INVALID_ARGUMENT, "signature: 32 bytes expected"}; }

grpc::Status check(const v1::StoredAnswer& answer) {
  if (answer.message().empty()) return {grpc::StatusCode::INVALID_ARGUMENT, "answer.message: missing"};
  if (answer.message().size() > kMaxStoredMessageBytes) {
    return {grpc::StatusCode::INVALID_ARGUMENT, "answer.message: longer than 8 MiB"};
  }
  if (answer.input_token_count() < 0 || answer.output_token_count() < 0) {
    return {grpc::StatusCode::INVALID_ARGUMENT, "answer: a token count is negative"};
  }
  return grpc::Status::OK;
}

SharedAnswer decode(const v1::StoredAnswer& answer) {
  return std::make_shared<StoredAnswer>(
      StoredAnswer{.message = answer.message(),
                   .provider = answer.provider(),
                   .upstream_model = answer.upstream_model(),
                   .input_token_count = std::min<std::int64_t>(answer.input_token_count(), kMaxTokenCount),
                   .output_token_count = std::min<std::int64_t>(answer.output_token_count(), kMaxTokenCount)});
}

void encode(const StoredAnswer& answer, v1::StoredAnswer& message) {
  message.set_message(answer.message);
  message.set_provider(answer.provider);
  message.set_upstream_model(answer.upstream_model);
  message.set_input_token_count(answer.input_token_count);
  message.set_output_token_count(answer.output_token_count);
}

}  // namespace balancer::controlplane

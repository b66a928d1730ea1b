// Signatures and answers between protobuf and the domain.
#pragma once

#include <grpcpp/grpcpp.h>

#include <optional>
#include <string>

#include "balancer/controlplane/v1/response.pb.h"
#include "common/signature/request_signature.hpp"
#include "controlplane/cache/shared_answer.hpp"

namespace balancer::controlplane {

// Nothing unless it has 32 bytes.
[[nodiscard]] std::optional<RequestSignature> decode_signature(const std::string& bytes);
// For calls that mean nothing without one.
[[nodiscard]] grpc::Status invalid_signature();

// OK, or INVALID_ARGUMENT for what response.proto does not allow. Says nothing of what is in it.
[[nodiscard]] grpc::Status check(const v1::StoredAnswer& answer);
[[nodiscard]] SharedAnswer decode(const v1::StoredAnswer& answer);
void encode(const StoredAnswer& answer, v1::StoredAnswer& message);

}  // namespace balancer::controlplane

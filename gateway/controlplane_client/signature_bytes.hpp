// Signatures as protobuf's bytes, and back.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "common/signature/request_signature.hpp"

namespace balancer::gateway {

inline void set_signature(std::string& target, const RequestSignature& signature) {
  target.assign(signature.digest.begin(), signature.digest.end());
}

// Nothing for bytes that are no signature.
[[nodiscard]] inline std::optional<RequestSignature> to_signature(std::string_view bytes) {
  RequestSignature signature;
  if (bytes.size() != signature.digest.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), signature.digest.begin());
  return signature;
}

}  // namespace balancer::gateway

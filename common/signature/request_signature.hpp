// The name of a question: requests with the same one have the same answer, whoever asks first.
#pragma once

#include <cstddef>
#include <cstring>

#include "common/digest/sha256.hpp"

namespace balancer {

// SHA-256 over the caller's identity and everything that the answer depends on (SignatureBuilder). Says nothing about
// what was asked.
struct RequestSignature {
  Sha256Digest digest{};

  friend bool operator==(const RequestSignature&, const RequestSignature&) = default;
};

// The digest is uniform already: its beginning is as good a hash as any.
struct RequestSignatureHash {
  std::size_t operator()(const RequestSignature& signature) const {
    std::size_t hash = 0;
    std::memcpy(&hash, signature.digest.data(), sizeof hash);
    return hash;
  }
};

}  // namespace balancer

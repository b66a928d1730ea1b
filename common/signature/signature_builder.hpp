// Builds a RequestSignature out of parts. Each part is hashed behind its own length, so that no two lists of parts have the
// same bytes, however a client chooses them.
#pragma once

#include <memory>
#include <string_view>

#include "common/signature/request_signature.hpp"

namespace balancer {

// One signature each. The order of the parts counts.
class SignatureBuilder {
 public:
  SignatureBuilder();
  ~SignatureBuilder();
  SignatureBuilder(const SignatureBuilder&) = delete;
  SignatureBuilder& operator=(const SignatureBuilder&) = delete;

  void add(std::string_view part);
  // Ends the building.
  [[nodiscard]] RequestSignature finish();

 private:
  struct Hash;
  std::unique_ptr<Hash> hash_;
};

}  // namespace balancer

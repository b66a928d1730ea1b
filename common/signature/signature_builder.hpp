// Builds a RequestSignature out of parts. Each part is hashed behind its own length, so that no two lists of parts have the
// same bytes, however a client chooses them.
#pragma once

#include <array>
#include <cstddef>
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
  // A piece of a part whose length is not known before its end, without a length: what the pieces make up has to show by
  // itself where it ends, as a JSON object does.
  void add_piece(std::string_view piece);
  // Ends the building.
  [[nodiscard]] RequestSignature finish();

 private:
  // A hash that has begun: what is longer than the gathered bytes needs one.
  struct Hash;

  void digest(std::string_view bytes);

  std::unique_ptr<Hash> hash_;
  // Updates of a hash cost much more than a copy of a few bytes: what is short is gathered. An ordinary head and a small
  // body fit and are hashed in one go.
  std::array<char, 4096> gathered_;
  std::size_t size_ = 0;
};

}  // namespace balancer

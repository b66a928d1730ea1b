#include "common/digest/sha256.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

namespace balancer {

Sha256Digest sha256(std::string_view bytes) {
  // Looked up once: OpenSSL's one-shot SHA256() searches for the algorithm every time, which costs more than a short hash.
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Sha256Digest digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, kAlgorithm, nullptr) != 1) std::abort();
  return digest;
}

std::string to_hex(const Sha256Digest& digest, std::size_t digits) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  text.resize(std::min(digits, text.size()));
  return text;
}

bool constant_time_equal(const Sha256Digest& left, const Sha256Digest& right) {
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace balancer

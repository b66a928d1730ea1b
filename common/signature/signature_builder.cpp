#include "common/signature/signature_builder.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace balancer {
namespace {

// Counted up whenever the parts of some signature, or what is left out of them, change: gateways of two versions then never
// take each other's answers.
constexpr std::string_view kRules = "provider-balancer request signature 1\n";

}  // namespace

struct SignatureBuilder::Hash {
  Hash() {
    // Looked up once, as for sha256().
    static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    if (EVP_DigestInit_ex2(context.get(), kAlgorithm, nullptr) != 1) std::abort();
  }

  // Updates cost much more than a copy of a few bytes: what is short is gathered.
  void update(std::string_view bytes) {
    if (bytes.size() > gathered.size() - size) {
      flush();
      if (bytes.size() > gathered.size()) return digest(bytes);
    }
    if (!bytes.empty()) std::memcpy(gathered.data() + size, bytes.data(), bytes.size());
    size += bytes.size();
  }

  void flush() {
    digest({gathered.data(), size});
    size = 0;
  }

  void digest(std::string_view bytes) {
    if (EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1) std::abort();
  }

  struct FreeContext {
    void operator()(EVP_MD_CTX* unused) const { EVP_MD_CTX_free(unused); }
  };
  std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
  std::array<char, 4096> gathered;
  std::size_t size = 0;
};

SignatureBuilder::SignatureBuilder() : hash_(std::make_unique<Hash>()) { hash_->update(kRules); }

SignatureBuilder::~SignatureBuilder() = default;

void SignatureBuilder::add(std::string_view part) {
  // Seven bits a byte, the lowest first; all but the last byte have the eighth set.
  std::array<char, 10> length;
  std::size_t bytes = 0;
  std::uint64_t left = part.size();
  for (; left >= 0x80; left >>= 7) length[bytes++] = static_cast<char>(0x80 | (left & 0x7f));
  length[bytes++] = static_cast<char>(left);
  hash_->update({length.data(), bytes});
  hash_->update(part);
}

RequestSignature SignatureBuilder::finish() {
  hash_->flush();
  RequestSignature signature;
  if (EVP_DigestFinal_ex(hash_->context.get(), signature.digest.data(), nullptr) != 1) std::abort();
  return signature;
}

}  // namespace balancer

#include "common/signature/signature_builder.hpp"

#include <openssl/evp.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace balancer {
namespace {

// Counted up whenever the parts of some signature, or what is left out of them, change: gateways of two versions then never
// take each other's answers.
constexpr std::string_view kRules = "provider-balancer request signature 2\n";

}  // namespace

struct SignatureBuilder::Hash {
  Hash() {
    // Looked up once, as for sha256().
    static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    if (EVP_DigestInit_ex2(context.get(), kAlgorithm, nullptr) != 1) std::abort();
  }

  struct FreeContext {
    void operator()(EVP_MD_CTX* unused) const { EVP_MD_CTX_free(unused); }
  };
  std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
};

SignatureBuilder::SignatureBuilder() { add_piece(kRules); }

SignatureBuilder::~SignatureBuilder() = default;

void SignatureBuilder::add(std::string_view part) {
  // Seven bits a byte, the lowest first; all but the last byte have the eighth set.
  std::array<char, 10> length;
  std::size_t bytes = 0;
  std::uint64_t left = part.size();
  for (; left >= 0x80; left >>= 7) length[bytes++] = static_cast<char>(0x80 | (left & 0x7f));
  length[bytes++] = static_cast<char>(left);
  add_piece({length.data(), bytes});
  add_piece(part);
}

void SignatureBuilder::add_piece(std::string_view piece) {
  if (piece.size() > gathered_.size() - size_) {
    digest({gathered_.data(), size_});
    size_ = 0;
    if (piece.size() > gathered_.size()) return digest(piece);
  }
  if (!piece.empty()) std::memcpy(gathered_.data() + size_, piece.data(), piece.size());
  size_ += piece.size();
}

void SignatureBuilder::digest(std::string_view bytes) {
  if (!hash_) hash_ = std::make_unique<Hash>();
  if (EVP_DigestUpdate(hash_->context.get(), bytes.data(), bytes.size()) != 1) std::abort();
}

RequestSignature SignatureBuilder::finish() {
  const std::string_view last(gathered_.data(), size_);
  if (!hash_) return {sha256(last)};
  digest(last);
  RequestSignature signature;
  if (EVP_DigestFinal_ex(hash_->context.get(), signature.digest.data(), nullptr) != 1) std::abort();
  return signature;
}

}  // namespace balancer

#include "gateway/dialect/gateway_signature.hpp"

#include <zlib.h>

#include "common/digest/sha256.hpp"
#include "gateway/dialect/base64url.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kTagDigits = 8;
constexpr std::size_t kMaxTextBytes = 64 * 1024;

std::string deflate_text(std::string_view text) {
  uLongf size = compressBound(text.size());
  std::string packed(size, '\0');
  const int result = compress(reinterpret_cast<Bytef*>(packed.data()), &size,
                              reinterpret_cast<const Bytef*>(text.data()), text.size());
  packed.resize(result == Z_OK ? size : 0);
  return packed;
}

std::string inflate_text(std::string_view packed) {
  uLongf size = kMaxTextBytes;
  std::string text(size, '\0');
  const int result = uncompress(reinterpret_cast<Bytef*>(text.data()), &size,
                                reinterpret_cast<const Bytef*>(packed.data()), packed.size());
  text.resize(result == Z_OK ? size : 0);
  return text;
}

}  // namespace

std::string reasoning_tag(std::string_view provider, std::string_view upstream_model) {
  std::string name(provider);
  name += '\n';
  name += upstream_model;
  return to_hex(sha256(name), kTagDigits);
}

std::string make_gateway_signature(std::string_view tag, std::string_view carried_text) {
  std::string signature(kGatewaySignaturePrefix);
  signature += tag;
  if (carried_text.empty() || carried_text.size() > kMaxTextBytes) return signature;
  signature += '.';
  signature += encode_base64url(deflate_text(carried_text));
  return signature;
}

std::optional<GatewaySignature> read_gateway_signature(std::string_view signature) {
  if (!signature.starts_with(kGatewaySignaturePrefix)) return std::nullopt;
  signature.remove_prefix(kGatewaySignaturePrefix.size());
  const std::size_t dot = signature.find('.');
  GatewaySignature result{std::string(signature.substr(0, dot)), {}};
  if (dot == std::string_view::npos) return result;
  if (const auto packed = decode_base64url(signature.substr(dot + 1))) result.text = inflate_text(*packed);
  return result;
}

}  // namespace balancer::gateway

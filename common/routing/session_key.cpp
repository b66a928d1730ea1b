#include "common/routing/session_key.hpp"

#include "common/digest/sha256.hpp"

namespace balancer::routing {
namespace {

constexpr std::size_t kKeyBytes = 16;

}  // namespace

std::string session_key(std::string_view caller, SessionEvidence evidence, std::string_view text) {
  std::string parts = std::to_string(caller.size());
  parts += ':';
  parts += caller;
  parts += static_cast<char>(evidence);
  parts += text;
  const auto digest = sha256(parts);
  return {reinterpret_cast<const char*>(digest.data()), kKeyBytes};
}

}  // namespace balancer::routing

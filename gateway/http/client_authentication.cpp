#include "gateway/http/client_authentication.hpp"

#include "common/text/ascii.hpp"

namespace balancer::gateway {
namespace {

// Longer ones are no keys; hashing them would be work done for strangers.
constexpr std::size_t kMaxKeyBytes = 8 * 1024;

const ClientKey* find_key(std::string_view presented, const ClientAuthentication& settings) {
  if (presented.empty() || presented.size() > kMaxKeyBytes) return nullptr;
  const Sha256Digest digest = sha256(presented);
  const ClientKey* found = nullptr;
  for (const ClientKey& key : settings.keys) {
    if (constant_time_equal(key.digest, digest)) found = &key;
  }
  return found;
}

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (!ascii_istarts_with(authorization, kScheme)) return {};
  return trim_blanks(authorization.substr(kScheme.size()));
}

}  // namespace

Result<ClientIdentity> authenticate_client(std::span<const http::HeaderField> fields,
                                           const ClientAuthentication& settings) {
  if (!settings.enabled) return ClientIdentity{};
  const ClientKey* by_header = nullptr;
  const ClientKey* by_bearer = nullptr;
  bool presented = false;
  for (const http::HeaderField& field : fields) {
    if (ascii_iequal(field.name, "x-api-key")) {
      presented = true;
      if (!by_header) by_header = find_key(trim_blanks(field.value), settings);
    } else if (ascii_iequal(field.name, "authorization")) {
      presented = true;
      if (!by_bearer) by_bearer = find_key(bearer_token(field.value), settings);
    }
  }
  if (by_header) return ClientIdentity{by_header->name};
  if (by_bearer) return ClientIdentity{by_bearer->name};
  return Error{ErrorCode::kAuthentication,
               presented ? "invalid gateway key" : "missing x-api-key or Authorization: Bearer header",
               {}};
}

std::string_view gateway_key_field(std::span<const http::HeaderField> fields, const ClientAuthentication& settings) {
  if (!settings.enabled) return {};
  std::string_view ours;
  bool theirs = false;
  for (const http::HeaderField& field : fields) {
    const bool by_header = ascii_iequal(field.name, "x-api-key");
    if (!by_header && !ascii_iequal(field.name, "authorization")) continue;
    const std::string_view presented = by_header ? trim_blanks(field.value) : bearer_token(field.value);
    if (find_key(presented, settings) == nullptr) {
      theirs = theirs || !trim_blanks(field.value).empty();
    } else {
      ours = by_header ? "x-api-key" : "authorization";
    }
  }
  return theirs ? ours : std::string_view{};
}

}  // namespace balancer::gateway

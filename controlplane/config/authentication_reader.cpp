#include "controlplane/config/authentication_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "common/config/quoted_text.hpp"
#include "common/text/ascii.hpp"
#include "controlplane/config/credential_reader.hpp"

namespace balancer::controlplane {
namespace {

constexpr std::size_t kShortKey = 16;

std::optional<Sha256Digest> digest_of_key(const YamlValue& value, const ConfigFile& file) {
  const auto key = read_credential(value, file);
  if (!key) return std::nullopt;
  if (key->empty()) {
    value.error("the key is empty");
    return std::nullopt;
  }
  if (key->reveal().size() < kShortKey) {
    value.warning(fmt::format("the key has fewer than {} characters and can be guessed", kShortKey));
  }
  return sha256(key->reveal());
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<Sha256Digest> digest_in_hex(const YamlValue& value) {
  const auto text = value.text();
  if (!text) return std::nullopt;
  Sha256Digest digest{};
  if (text->size() != 2 * digest.size() ||
      std::any_of(text->begin(), text->end(), [](char c) { return hex_digit(c) < 0; })) {
    value.error("must be the key's SHA-256 in 64 hexadecimal digits");
    return std::nullopt;
  }
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(hex_digit((*text)[2 * i]) * 16 + hex_digit((*text)[2 * i + 1]));
  }
  return digest;
}

std::optional<Sha256Digest> read_digest(YamlMap& map, const ConfigFile& file) {
  const auto key = map.find("key");
  const auto hex = map.find("sha256");
  if (key && hex) hex->error("give either key or sha256, not both");
  if (key) return digest_of_key(*key, file);
  if (hex) return digest_in_hex(*hex);
  map.value().error("needs a key, or its sha256");
  return std::nullopt;
}

void add_key(std::vector<ClientKey>& keys, ClientKey key, const YamlValue& value) {
  for (const ClientKey& other : keys) {
    if (other.name == key.name) return value.error(fmt::format("the name {} is taken already", in_quotes(key.name)));
    if (other.digest == key.digest) return value.error(fmt::format("is the same key as {}", in_quotes(other.name)));
  }
  keys.push_back(std::move(key));
}

std::vector<ClientKey> read_keys(YamlMap& auth, const ConfigFile& file) {
  std::vector<ClientKey> keys;
  // An empty text is no key; a list or a map is no text, which reading it says.
  if (const auto value = auth.find("api_key"); value && !(value->written().empty() && value->text())) {
    if (const auto digest = digest_of_key(*value, file)) keys.push_back({"default", *digest});
  }
  for (const YamlValue& value : auth.list("keys")) {
    YamlMap map = value.map();
    const auto name = map.require("name");
    const std::string text = name ? name->text().value_or("") : "";
    if (name && text.empty()) name->error("must not be empty");
    const auto digest = read_digest(map, file);
    if (!text.empty() && digest) add_key(keys, {text, *digest}, value);
  }
  return keys;
}

std::vector<std::string> read_exempt_paths(YamlMap& auth) {
  std::vector<std::string> paths = auth.texts("exempt_paths");
  for (const std::string& path : paths) {
    if (path.starts_with('/') && path.find_first_of("?#%*\\ ") == std::string::npos && !path.starts_with("//") &&
        path.find("/.") == std::string::npos) {
      continue;
    }
    auth.find("exempt_paths")->error(
        fmt::format("{} is no plain path such as /docs; patterns and escapes are not allowed", in_quotes(path)));
  }
  return paths;
}

std::vector<std::string> read_allowed_hosts(YamlMap& auth) {
  std::vector<std::string> hosts;
  for (const std::string& host : auth.texts("allowed_hosts")) {
    if (host.empty() || host.find_first_of("/@* \t\n") != std::string::npos) {
      auth.find("allowed_hosts")->error(fmt::format("{} is no host name", in_quotes(host)));
    }
    hosts.push_back(ascii_lower(host));
  }
  return hosts;
}

}  // namespace

ClientAuthentication read_authentication(YamlMap auth, const ConfigFile& file) {
  ClientAuthentication result;
  result.keys = read_keys(auth, file);
  const bool keys_given = auth.find("api_key") || auth.find("keys");
  result.enabled = auth.boolean("enabled", keys_given && !result.keys.empty());
  if (result.enabled && !keys_given) {
    auth.value().error("authentication is enabled without a key; add keys: [{name: ..., key: ...}]");
  } else if (result.enabled && result.keys.empty()) {
    auth.value().error("authentication is enabled, but no key can be used");
  }
  result.exempt_paths = read_exempt_paths(auth);
  result.allow_unauthenticated = auth.boolean("allow_unauthenticated", result.allow_unauthenticated);
  result.allowed_hosts = read_allowed_hosts(auth);
  return result;
}

}  // namespace balancer::controlplane

#include "controlplane/config/health_check_reader.hpp"

#include <algorithm>
#include <string_view>

namespace balancer::controlplane {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestInterval{10};
constexpr milliseconds kShortestTimeout{1};
constexpr std::size_t kLongestPath = 1'024;

// It becomes a part of a request line.
bool is_path(std::string_view text) {
  return text.starts_with('/') && text.size() <= kLongestPath &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F && c != '#'; });
}

// False when it was reported.
bool read_get(const YamlValue& value, HealthCheck& check) {
  const auto path = value.text();
  if (!path) return false;
  check.get_path = *path;
  if (!is_path(*path)) value.error("must be a path that begins with / and holds visible ASCII characters other than #");
  return is_path(*path);
}

bool read_model(const YamlValue& value, const Provider& provider, HealthCheck& check) {
  const auto model = value.text();
  if (!model) return false;
  check.model = *model;
  if (model->empty()) {
    value.error("must not be empty");
  } else if (provider.authentication == ProviderAuthentication::kPassthrough) {
    value.error("needs a credential, and passthrough leaves none for it; use get");
  } else {
    return true;
  }
  return false;
}

}  // namespace

std::optional<HealthCheck> read_health_check(YamlMap& map, const Provider& provider) {
  const auto value = map.find("health_check");
  if (!value) return std::nullopt;
  if (!value->is_map()) {
    value->error("must be a mapping (key: value)");
    return std::nullopt;
  }
  YamlMap keys = value->map();
  HealthCheck check;
  check.provider = provider.name;
  check.interval = keys.duration("interval", check.interval, kShortestInterval);
  check.timeout = keys.duration("timeout", check.timeout, kShortestTimeout);
  const auto get = keys.find("get");
  const auto model = keys.find("model");
  if (get.has_value() == model.has_value()) {
    value->error("needs either get, the path to ask for, or model, for a request for one token");
    return std::nullopt;
  }
  const bool good = get ? read_get(*get, check) : read_model(*model, provider, check);
  return good ? std::optional(check) : std::nullopt;
}

}  // namespace balancer::controlplane

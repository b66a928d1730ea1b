#include "gateway/dialect/openai_request/tool_names.hpp"

#include <algorithm>
#include <vector>

#include "common/digest/sha256.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kLongest = 64;
constexpr std::size_t kKeptOfLong = 55;
constexpr std::size_t kHashDigits = 8;

bool is_allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// OpenAI takes it as it is.
bool is_fit(std::string_view name) {
  return !name.empty() && name.size() <= kLongest && std::all_of(name.begin(), name.end(), is_allowed);
}

std::string sanitized(std::string_view name) {
  std::string result(name);
  std::replace_if(result.begin(), result.end(), [](char c) { return !is_allowed(c); }, '_');
  return result;
}

std::string hash_form(std::string_view name) {
  std::string result = sanitized(name).substr(0, kKeptOfLong);
  result += '_';
  result += to_hex(sha256(name), kHashDigits);
  return result;
}

std::string mapped(std::string_view name) {
  return name.size() > kLongest || name.empty() ? hash_form(name) : sanitized(name);
}

}  // namespace

ToolNames::ToolNames(std::span<const std::string_view> declared) {
  if (std::all_of(declared.begin(), declared.end(), is_fit)) return;
  std::unordered_map<std::string, std::size_t> uses;
  std::vector<std::string> names;
  names.reserve(declared.size());
  for (const std::string_view name : declared) ++uses[names.emplace_back(mapped(name))];
  for (std::size_t i = 0; i < declared.size(); ++i) {
    std::string name = uses[names[i]] > 1 ? hash_form(declared[i]) : std::move(names[i]);
    if (name == declared[i]) continue;
    to_client_.emplace(name, declared[i]);
    to_provider_.emplace(declared[i], std::move(name));
  }
}

std::string ToolNames::to_provider(std::string_view client_name) const {
  if (to_provider_.empty()) return mapped(client_name);
  const auto found = to_provider_.find(std::string(client_name));
  return found != to_provider_.end() ? found->second : mapped(client_name);
}

std::string ToolNames::to_client(std::string_view provider_name) const {
  std::string name(provider_name);
  const auto found = to_client_.find(name);
  return found != to_client_.end() ? found->second : name;
}

}  // namespace balancer::gateway

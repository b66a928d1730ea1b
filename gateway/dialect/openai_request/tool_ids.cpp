#include "gateway/dialect/openai_request/tool_ids.hpp"

#include <algorithm>

#include "common/digest/sha256.hpp"
#include "common/text/random_id.hpp"
#include "gateway/dialect/base64url.hpp"
#include "gateway/dialect/json/utf8_repair.hpp"

namespace balancer::gateway {
namespace {

constexpr std::string_view kWrapped = "toolu_x";
constexpr std::size_t kLongestForClients = 64;
constexpr std::size_t kMistralLength = 9;
constexpr std::size_t kHashDigits = 24;

bool is_allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// What a provider could have written and a JSON string can hold.
bool is_printable(std::string_view id) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return !id.empty() && std::none_of(id.begin(), id.end(), is_control) && with_valid_utf8(id) == id;
}

bool is_fit(std::string_view id) {
  return !id.empty() && id.size() <= kLongestForClients && std::all_of(id.begin(), id.end(), is_allowed);
}

}  // namespace

std::string tool_id_to_provider(std::string_view client_id, const ConversionSettings& settings) {
  std::string id(client_id);
  if (client_id.starts_with(kWrapped)) {
    if (auto original = decode_base64url(client_id.substr(kWrapped.size())); original && is_printable(*original)) {
      id = std::move(*original);
    }
  }
  if (settings.tool_id_style == ToolIdStyle::kMistral9) {
    const bool has_its_form = id.size() == kMistralLength && id.find_first_of("_-") == std::string::npos && is_fit(id);
    return has_its_form ? id : to_hex(sha256(id), kMistralLength);
  }
  if (settings.max_tool_id_length > 0 && id.size() > settings.max_tool_id_length) {
    return "call_" + to_hex(sha256(id), kHashDigits);
  }
  return id;
}

std::string tool_id_to_client(std::string_view provider_id, const std::unordered_set<std::string>& used) {
  std::string id(provider_id);
  if (is_fit(id) && !id.starts_with(kWrapped) && !used.contains(id)) return id;
  if (!is_fit(id) && is_printable(id)) {
    id = std::string(kWrapped) + encode_base64url(provider_id);
    if (!used.contains(id)) return id;
  }
  id = make_random_id("toolu_");
  // It must not look like one that was made from another.
  if (id.starts_with(kWrapped)) id[kWrapped.size() - 1] = '0';
  return id;
}

}  // namespace balancer::gateway

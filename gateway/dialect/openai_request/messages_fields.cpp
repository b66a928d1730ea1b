#include "gateway/dialect/openai_request/messages_fields.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kMaxMessages = 100'000;
constexpr std::size_t kMaxNamedBytes = 64;

constexpr auto kRead = std::to_array<std::pair<std::string_view, JsonValue MessagesFields::*>>({
    {"messages", &MessagesFields::messages},
    {"system", &MessagesFields::system},
    {"tools", &MessagesFields::tools},
    {"tool_choice", &MessagesFields::tool_choice},
    {"max_tokens", &MessagesFields::max_tokens},
    {"temperature", &MessagesFields::temperature},
    {"top_p", &MessagesFields::top_p},
    {"top_k", &MessagesFields::top_k},
    {"stop_sequences", &MessagesFields::stop_sequences},
    {"stream", &MessagesFields::stream},
    {"thinking", &MessagesFields::thinking},
    {"output_config", &MessagesFields::output_config},
    {"output_format", &MessagesFields::output_format},
    {"metadata", &MessagesFields::metadata},
    {"service_tier", &MessagesFields::service_tier},
    {"speed", &MessagesFields::speed},
});

// Promises that only Anthropic's servers keep.
constexpr auto kPromises =
    std::to_array<std::string_view>({"container", "mcp_servers", "inference_geo", "fallback_credit_token"});

bool is_one_of(std::string_view raw_key, std::span<const std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (says(raw_key, key)) return true;
  }
  return false;
}

ConversionResult<void> check_promises(JsonValue root, const ConversionTarget& target) {
  for (const std::string_view name : kPromises) {
    const JsonValue value = root[name];
    if (value.is_nothing() || (value.is_array() && value.empty())) continue;
    return unsupported(fmt::format("{}: not supported by provider {}", name, target.provider));
  }
  // The client then sends the whole conversation.
  if (root["thread"]["type"].says("continue")) {
    return ConversionRefusal{RefusalKind::kUnsupported,
                             {ErrorCode::kNotFound, "thread: not found", "thread_not_found"}};
  }
  return {};
}

ConversionResult<void> check_required(const MessagesFields& fields) {
  if (!fields.max_tokens) return invalid("max_tokens: Field required");
  const std::string_view digits = fields.max_tokens.raw();
  if (digits.find_first_not_of("0123456789") != std::string_view::npos || !fields.max_tokens.whole_number()) {
    return invalid("max_tokens: Input should be a valid integer, 0 or more");
  }
  if (!fields.messages.is_array() || fields.messages.empty()) {
    return invalid("messages: at least one message is required");
  }
  std::size_t count = 0;
  for ([[maybe_unused]] const JsonValue message : fields.messages.elements()) ++count;
  if (count > kMaxMessages) return invalid(fmt::format("messages: at most {} messages are allowed", kMaxMessages));
  return {};
}

}  // namespace

ConversionResult<MessagesFields> read_messages_fields(JsonValue root, const ConversionTarget& target) {
  if (!root.is_object()) return invalid("the request body is not a JSON object");
  if (auto kept = check_promises(root, target); !kept) return kept.error();
  MessagesFields fields;
  for (const auto& [raw_key, value] : root.fields()) {
    bool known = says(raw_key, "model") || says(raw_key, "provider") || is_one_of(raw_key, kPromises);
    for (const auto& [name, member] : kRead) {
      if (!says(raw_key, name)) continue;
      fields.*member = value;
      known = true;
    }
    if (!known && !value.is_null()) fields.dropped.emplace_back(raw_key.substr(0, kMaxNamedBytes));
  }
  if (auto checked = check_required(fields); !checked) return checked.error();
  return fields;
}

}  // namespace balancer::gateway

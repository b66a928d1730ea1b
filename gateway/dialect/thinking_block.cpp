#include "gateway/dialect/thinking_block.hpp"

#include "gateway/dialect/gateway_signature.hpp"

namespace balancer::gateway {
namespace {

constexpr std::string_view kGatewayMark = "\"gw1.";

// Every letter of a block's type begins like one of these when it is escaped: 'a' is \u0061, '_' is \u005f.
bool may_hold_escaped_letters(std::string_view text) {
  constexpr std::string_view kEscape = "\\u00";
  for (std::size_t at = text.find(kEscape); at != std::string_view::npos; at = text.find(kEscape, at)) {
    at += kEscape.size();
    if (at < text.size() && text[at] >= '5' && text[at] <= '7') return true;
  }
  return false;
}

}  // namespace

bool is_thinking_block(const JsonValue& block) {
  const JsonValue type = block["type"];
  return type.says("thinking") || type.says("redacted_thinking");
}

bool is_gateway_thinking_block(const JsonValue& block) {
  return block["type"].says("thinking") && block["signature"].decoded_text().starts_with(kGatewaySignaturePrefix);
}

bool may_hold_thinking(std::string_view text) {
  // The end of either type.
  return text.find("thinking\"") != std::string_view::npos || may_hold_escaped_letters(text);
}

bool may_hold_gateway_thinking(std::string_view text) { return text.find(kGatewayMark) != std::string_view::npos; }

bool may_hold_gateway_thinking(JsonValue value) { return value.has_string_with_prefix(kGatewaySignaturePrefix); }

}  // namespace balancer::gateway

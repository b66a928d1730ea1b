// The signature of a thinking block that the gateway makes (protocol.md 2.7): "gw1." and a tag that names who thought,
// so that the text goes back to nobody else; behind another dot the text itself, deflated, when the client is not
// given it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace balancer::gateway {

inline constexpr std::string_view kGatewaySignaturePrefix = "gw1.";

// Eight hexadecimal digits for a provider and its model.
[[nodiscard]] std::string reasoning_tag(std::string_view provider, std::string_view upstream_model);

// Letters, digits, '.', '-' and '_' only. A text that does not fit (64 KiB) is left out.
[[nodiscard]] std::string make_gateway_signature(std::string_view tag, std::string_view carried_text = {});

struct GatewaySignature {
  std::string tag;
  // Empty when none is carried.
  std::string text;
};

// Nothing when the signature is not the gateway's. What it carries comes from the client: a damaged or oversized
// text is left out.
[[nodiscard]] std::optional<GatewaySignature> read_gateway_signature(std::string_view signature);

}  // namespace balancer::gateway

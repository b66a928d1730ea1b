// Ends requests that go round in a circle: a gateway that is, by way of others or not, its own provider.
//
// Whoever asks a provider adds its name to the list in kViaField, and whoever serves refuses what its own name, or too
// many names, stand in already. All gateways of one control plane bear one name, its epoch's: what comes back to another
// of them comes back to the same configuration, and would wait for the answer that it is to make. The name is a random
// number, and tells providers nothing.
//
// Why not Via, which RFC 9110 (7.6.3) has for this: it is the mark of a proxy. Providers' edges refuse requests for it or
// answer them without compression; proxies on the way add their own, and may join entries or write others over them. A
// client's Via names machines of its network and is not handed on, so that the list would not survive two gateways.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "common/error/error.hpp"
#include "common/http/header_field.hpp"

namespace balancer::http {

inline constexpr std::string_view kViaField = "x-balancer-via";
// Of the error that refuses: tells it from a provider's own 508.
inline constexpr std::string_view kLoopDetail = "request_loop";
// A chain of gateways may be so long; the next one refuses.
inline constexpr std::size_t kMostGateways = 4;

// `name` is the server's own; empty for a server that has none yet. Nothing unless the request is to be refused.
[[nodiscard]] std::optional<Error> check_loop(std::span<const HeaderField> fields, std::string_view name);

}  // namespace balancer::http

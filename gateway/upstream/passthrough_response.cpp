#include "gateway/upstream/passthrough_response.hpp"

#include <algorithm>
#include <array>

#include "common/text/ascii.hpp"

namespace balancer::gateway {
namespace {

constexpr auto kDropped = std::to_array<std::string_view>({
    "alt-svc", "connection", "content-length", "content-type", "date", "keep-alive", "request-id", "server",
    "set-cookie", "strict-transport-security", "te", "trailer", "transfer-encoding", "upgrade", "via", "x-request-id",
});
constexpr auto kDroppedPrefixes =
    std::to_array<std::string_view>({"access-control-", "cf-", "proxy-", "x-balancer-", "x-provider-"});

bool is_dropped(std::string_view name) {
  return std::any_of(kDropped.begin(), kDropped.end(), [&](std::string_view n) { return ascii_iequal(name, n); }) ||
         std::any_of(kDroppedPrefixes.begin(), kDroppedPrefixes.end(),
                     [&](std::string_view p) { return ascii_istarts_with(name, p); });
}

bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (ascii_iequal(trim_blanks(list.substr(0, comma)), name)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// Whether "Connection:" declares the field hop-by-hop.
bool is_connection_option(std::string_view name, const UpstreamResponseHead& upstream) {
  return std::any_of(upstream.headers.begin(), upstream.headers.end(), [&](const UpstreamHeader& field) {
    return ascii_iequal(field.name, "connection") && lists(field.value, name);
  });
}

}  // namespace

void add_passthrough_headers(http::ResponseHead& head, const UpstreamResponseHead& upstream) {
  for (const UpstreamHeader& field : upstream.headers) {
    if (!is_dropped(field.name) && !is_connection_option(field.name, upstream)) head.add(field.name, field.value);
  }
}

}  // namespace balancer::gateway

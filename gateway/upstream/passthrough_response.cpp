#include "gateway/upstream/passthrough_response.hpp"

#include <algorithm>
#include <array>

#include "common/text/ascii.hpp"

namespace balancer::gateway {
namespace {

constexpr auto kDropped = std::to_array<std::string_view>({
    "alt-svc", "connection", "content-length", "date", "keep-alive", "request-id", "server", "set-cookie",
    "strict-transport-security", "te", "trailer", "transfer-encoding", "upgrade", "via", "x-request-id",
});
constexpr auto kDroppedPrefixes =
    std::to_array<std::string_view>({"access-control-", "cf-", "proxy-", "x-balancer-", "x-provider-"});

bool is_dropped(std::string_view name) {
  return std::any_of(kDropped.begin(), kDropped.end(), [&](std::string_view n) { return ascii_iequal(name, n); }) ||
         std::any_of(kDroppedPrefixes.begin(), kDroppedPrefixes.end(),
                     [&](std::string_view p) { return ascii_istarts_with(name, p); });
}

}  // namespace

void add_passthrough_headers(http::ResponseHead& head, const UpstreamResponseHead& upstream) {
  for (const UpstreamHeader& field : upstream.headers) {
    if (!is_dropped(field.name)) head.add(field.name, field.value);
  }
}

}  // namespace balancer::gateway

// Whatever a control plane calls a snapshot is refused with a reason, or can be acted on, and is the same when it is told
// again.
#include <string>
#include <string_view>

#include "controlplane/rpc/snapshot_encoding.hpp"
#include "gateway/controlplane_client/snapshot_decoding.hpp"
#include "tests/fuzz/finding.hpp"
#include "tests/fuzz/read_message.hpp"

namespace {

using namespace balancer;  // NOLINT(google-build-using-namespace)
using fuzz::complain;
using gateway::decode_snapshot;

void check_usable(const Snapshot& snapshot, std::string_view text) {
  if (snapshot.providers.empty() || snapshot.attempt_limit == 0) complain("nobody to ask", text);
  if (snapshot.routing.providers.size() != snapshot.providers.size()) complain("another number of providers", text);
  for (const routing::Route& route : snapshot.routing.routes) {
    if (route.targets.empty()) complain("a route that leads nowhere", text);
    for (const routing::RouteTarget& target : route.targets) {
      if (target.provider >= snapshot.providers.size() || target.weight == 0) complain("a target that is none", text);
    }
  }
  for (const Provider& provider : snapshot.providers) {
    if (provider.url.host.empty() || provider.url.port == 0) complain("a provider without an address", text);
    if (provider.credential.reveal().find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      complain("a credential that ends its line", text);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  controlplane::v1::Snapshot message;
  if (!fuzz::read_message(text, message)) return 0;
  const Result<Snapshot> snapshot = decode_snapshot(message);
  if (!snapshot) {
    if (snapshot.error().message.empty()) complain("a refusal without words", text);
    return 0;
  }
  check_usable(*snapshot, text);
  const Result<Snapshot> again = decode_snapshot(controlplane::encode(*snapshot));
  if (!again) complain("refused when it is told again: " + again.error().message, text);
  if (*again != *snapshot) complain("another one when it is told again", text);
  return 0;
}

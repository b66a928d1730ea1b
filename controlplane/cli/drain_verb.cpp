// Taking a gateway out of rotation, and putting it back.
#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "controlplane/cli/admin_client.hpp"
#include "controlplane/cli/gateway_view.hpp"
#include "controlplane/cli/output.hpp"
#include "controlplane/cli/printable_text.hpp"
#include "controlplane/cli/verbs.hpp"

namespace balancer::controlplane::cli {
namespace {

constexpr std::chrono::milliseconds kLookInterval{200};

bool is_drained(const v1::ConnectedGateway& gateway) {
  return gateway.condition().draining() && gateway.condition().open_request_count() == 0;
}

// The gateway once it has nothing left to do, or as it was when time ran out; nothing once it is gone.
Result<std::optional<v1::ConnectedGateway>> wait_until_drained(AdminClient& client, v1::ConnectedGateway gateway,
                                                               std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!is_drained(gateway) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kLookInterval);
    const auto info = client.server_info();
    if (!info) return info.error();
    const v1::ConnectedGateway* const found = find_gateway(*info, gateway.identity().id());
    if (found == nullptr) return std::nullopt;
    gateway = *found;
  }
  return std::optional(std::move(gateway));
}

}  // namespace

int drain_gateway(const Command& command) {
  AdminClient client(command.server, command.tls);
  const auto response = client.drain_gateway(command.name, !command.undo);
  if (!response) return fail(response.error());
  const std::string id = printable(response->gateway().identity().id());
  std::optional<v1::ConnectedGateway> gateway = response->gateway();
  if (command.wait && !command.undo) {
    auto drained = wait_until_drained(client, *gateway, command.wait_limit);
    if (!drained) return fail(drained.error());
    gateway = std::move(*drained);
  }
  if (!gateway) {
    fmt::print(stderr, "balancerctl: {} has ended\n", id);
    return kExitDone;
  }
  Rendering rendering = gateway_rendering(*gateway, gateway->snapshot_version());
  rendering.text = fmt::format("{} {}\n", id, command.undo ? "returns to rotation" : "is " + rotation_text(*gateway));
  print(rendering, command.format);
  if (!command.wait || command.undo || is_drained(*gateway)) return kExitDone;
  fmt::print(stderr, "balancerctl: {} still has {} open requests\n", id, gateway->condition().open_request_count());
  return kExitFailed;
}

}  // namespace balancer::controlplane::cli

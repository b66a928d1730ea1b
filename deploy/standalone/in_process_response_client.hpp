// The ResponseClient of a gateway that shares its process with the control plane: what is stored is a call away, and no
// copy is made of it.
#pragma once

#include "controlplane/domain/shared_responses.hpp"
#include "gateway/controlplane_client/response_client.hpp"

namespace balancer::standalone {

class InProcessResponseClient final : public gateway::ResponseClient {
 public:
  // Both outlive the client. To wait for another gateway's answer is left to `over_channel`: it is rare where the control
  // plane has a gateway in its own process, and what is waited for must end with the caller, the lead, or the process.
  InProcessResponseClient(controlplane::SharedResponses& responses, gateway::ResponseClient& over_channel)
      : responses_(responses), over_channel_(over_channel) {}

  // Completes without being suspended.
  asio::awaitable<Result<FoundAnswer>> fetch(RequestSignature signature) override;
  asio::awaitable<Result<FoundAnswer>> join(RequestSignature signature, std::chrono::milliseconds limit,
                                            std::function<void(std::function<void()>)> on_started) override;
  // Completes without being suspended. Fails, as the control plane would over the channel, with what is not sound.
  asio::awaitable<Result<void>> store(RequestSignature signature, StoredAnswer answer, bool cacheable) override;

 private:
  controlplane::SharedResponses& responses_;
  gateway::ResponseClient& over_channel_;
};

}  // namespace balancer::standalone

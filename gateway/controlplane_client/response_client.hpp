// The answers that the control plane holds for all gateways: stored ones, and those that another gateway is making.
#pragma once

#include <chrono>
#include <functional>

#include "common/async/asio.hpp"
#include "common/error/error.hpp"
#include "common/routing/stored_answer.hpp"
#include "common/signature/request_signature.hpp"

namespace balancer::gateway {

// Thread-safe; every call completes on its caller's executor. Answers come from a process that may be of another version:
// the caller checks what they say.
class ResponseClient {
 public:
  virtual ~ResponseClient() = default;

  // kNotFound when it is there no more, kGatewayTimeout when the control plane does not answer within a second,
  // kUnavailable when it cannot be asked.
  virtual asio::awaitable<Result<FoundAnswer>> fetch(RequestSignature signature) = 0;

  // Completes with the answer that another gateway is making; kNotFound when nobody is or it came to nothing, kGatewayTimeout
  // after `limit`, kUnavailable when the control plane is lost. Calls `on_started` at once with a function that cancels
  // the wait: callable at any time, on the caller's executor.
  virtual asio::awaitable<Result<FoundAnswer>> join(RequestSignature signature, std::chrono::milliseconds limit,
                                                    std::function<void(std::function<void()>)> on_started) = 0;

  // Gives an answer to those who wait for it, and to the cache if it is `cacheable`. Failure costs nobody anything.
  virtual asio::awaitable<Result<void>> store(RequestSignature signature, StoredAnswer answer, bool cacheable) = 0;
};

}  // namespace balancer::gateway

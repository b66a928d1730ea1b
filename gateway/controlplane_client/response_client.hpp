// The answers that the control plane holds for all gateways: stored ones, and those that another gateway is making.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "common/async/asio.hpp"
#include "common/error/error.hpp"
#include "common/signature/request_signature.hpp"

namespace balancer::gateway {

// A complete, successful answer.
struct StoredAnswer {
  // An Anthropic message, as JSON.
  std::string message;
  // Who made it.
  std::string provider;
  std::string upstream_model;
  std::int64_t input_token_count = 0;
  std::int64_t output_token_count = 0;
  // Since it was stored; zero for one that was waited for.
  std::chrono::milliseconds age{0};
};

// Longer messages are not stored.
inline constexpr std::size_t kMaxStoredMessageBytes = 8 * 1024 * 1024;

// Thread-safe; every call completes on its caller's executor. Answers come from a process that may be of another version:
// the caller checks what they say.
class ResponseClient {
 public:
  virtual ~ResponseClient() = default;

  // kNotFound when it is there no more, kGatewayTimeout when the control plane does not answer within a second,
  // kUnavailable when it cannot be asked.
  virtual asio::awaitable<Result<StoredAnswer>> fetch(RequestSignature signature) = 0;

  // Completes with the answer that another gateway is making; kNotFound when nobody is or it came to nothing, kGatewayTimeout
  // after `limit`, kUnavailable when the control plane is lost. Calls `on_started` at once with a function that cancels
  // the wait: callable at any time, on the caller's executor.
  virtual asio::awaitable<Result<StoredAnswer>> join(RequestSignature signature, std::chrono::milliseconds limit,
                                                     std::function<void(std::function<void()>)> on_started) = 0;

  // Gives an answer to those who wait for it, and to the cache if it is `cacheable`. Failure costs nobody anything.
  virtual asio::awaitable<Result<void>> store(RequestSignature signature, StoredAnswer answer, bool cacheable) = 0;
};

}  // namespace balancer::gateway

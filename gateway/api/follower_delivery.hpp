// Gives a shared answer to a client that asked the same while it was being made, in the form that this client asked for.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/http/exchange.hpp"
#include "gateway/api/delivery_context.hpp"
#include "gateway/api/dependencies.hpp"
#include "gateway/coalescing/answer_reader.hpp"

namespace balancer::gateway {

class FollowerDelivery {
 public:
  enum class End {
    // The client has its answer, or is gone.
    kDone,
    // Nothing was sent: there is no answer here that would do.
    kAskAnew,
    // The same, after the longest time that anybody waits for another's answer.
    kTooLate,
  };

  // Reads the answer from now on. The references outlive the delivery.
  FollowerDelivery(http::Exchange& exchange, std::shared_ptr<SharedAnswer> answer, DeliveryContext context,
                   Dependencies& deps);

  // The answer is passed on live if it has the client's form and was asked for with the same limit; otherwise when it is
  // complete, and only if it is short enough.
  asio::awaitable<End> run();

 private:
  // Nothing while there is more to wait for.
  asio::awaitable<std::optional<End>> pass_on(const AnswerReader::Event& event);
  asio::awaitable<std::optional<End>> pass_on_events(const AnswerReader::Event& event);
  asio::awaitable<End> give_whole();
  asio::awaitable<void> reply_ending();
  // The whole answer in the client's form, if it is one for this client.
  [[nodiscard]] std::optional<std::string> rendered() const;
  [[nodiscard]] http::ResponseHead head() const;

  http::Exchange& exchange_;
  const DeliveryContext context_;
  const bool live_;
  AnswerReader reader_;
  bool too_late_ = false;
  TimerWheel::Timer patience_;
};

}  // namespace balancer::gateway

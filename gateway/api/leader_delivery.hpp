// Gives a shared answer to the client that asked for it first: whatever comes, as it comes.
#pragma once

#include <memory>

#include "common/http/exchange.hpp"
#include "gateway/api/delivery_context.hpp"
#include "gateway/coalescing/answer_reader.hpp"

namespace balancer::gateway {

class LeaderDelivery {
 public:
  // Reads the answer from now on. The exchange outlives the delivery.
  LeaderDelivery(http::Exchange& exchange, std::shared_ptr<SharedAnswer> answer, DeliveryContext context);

  // Complete when the client has all of it, or is gone.
  asio::awaitable<void> run();

 private:
  asio::awaitable<void> deliver();
  // True when there is no more to do.
  asio::awaitable<bool> pass_on(const AnswerReader::Event& event);
  asio::awaitable<bool> pass_on_events(const AnswerReader::Event& event);
  asio::awaitable<void> pass_on_document(const AnswerReader::Event& event);
  void note_outcome();

  http::Exchange& exchange_;
  const DeliveryContext context_;
  AnswerReader reader_;
};

}  // namespace balancer::gateway

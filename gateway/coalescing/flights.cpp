#include "gateway/coalescing/flights.hpp"

namespace balancer::gateway {

Flights::Entry Flights::enter(const RequestSignature& signature, const asio::any_io_executor& maker,
                              AskedFor asked_for, bool any_will_do) {
  Shard& shard = shard_of(signature);
  const std::lock_guard lock(shard.mutex);
  std::shared_ptr<SharedAnswer>& known = shard.answers[signature];
  if (known != nullptr && any_will_do && known->joinable()) return {known, false};
  known = std::make_shared<SharedAnswer>(maker, asked_for, budget_);
  return {known, true};
}

void Flights::remove(const RequestSignature& signature, const SharedAnswer& answer) {
  std::shared_ptr<SharedAnswer> removed;
  Shard& shard = shard_of(signature);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.answers.find(signature);
  if (found == shard.answers.end() || found->second.get() != &answer) return;
  removed = std::move(found->second);
  shard.answers.erase(found);
}

}  // namespace balancer::gateway

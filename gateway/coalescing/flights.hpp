// The answers that this process is making, by what they are answers to.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <memory>
#include <mutex>

#include "common/signature/request_signature.hpp"
#include "gateway/coalescing/shared_answer.hpp"

namespace balancer::gateway {

// Thread-safe. One mutex for each of a few shards, held for one look-up: requests of different threads hardly ever meet.
class Flights {
 public:
  struct Entry {
    std::shared_ptr<SharedAnswer> answer;
    // It is new: who entered must see to it that it is made, and then remove it.
    bool leads = false;
  };
  // What is under way, if it can be joined and `any_will_do`; else a new answer, in its place.
  [[nodiscard]] Entry enter(const RequestSignature& signature, const asio::any_io_executor& maker, AskedFor asked_for,
                            bool any_will_do = true);
  // If it is still the one.
  void remove(const RequestSignature& signature, const SharedAnswer& answer);

  [[nodiscard]] ReplayBudget& budget() { return budget_; }

 private:
  struct Shard {
    std::mutex mutex;
    boost::unordered_flat_map<RequestSignature, std::shared_ptr<SharedAnswer>, RequestSignatureHash> answers;
  };
  [[nodiscard]] Shard& shard_of(const RequestSignature& signature) {
    // Not the bytes that the map hashes by.
    return shards_[signature.digest.back() % shards_.size()];
  }

  ReplayBudget budget_;
  std::array<Shard, 32> shards_;
};

}  // namespace balancer::gateway

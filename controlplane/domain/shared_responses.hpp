// Answers that requests share, over all gateways: stored ones, and those that are being made and that others wait for.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "common/signature/request_signature.hpp"
#include "common/snapshot/response_sharing.hpp"
#include "common/time/clock.hpp"
#include "controlplane/cache/cache_stats.hpp"
#include "controlplane/cache/response_cache.hpp"
#include "controlplane/config/config.hpp"
#include "controlplane/domain/lead_table.hpp"

namespace balancer::controlplane {

// What a request tells of itself.
struct SharingQuery {
  RequestSignature signature;
  // Longer answers do not answer the request; 0 for no limit.
  std::int64_t max_output_token_count = 0;
  // Neither a stored answer nor one that is being made will do.
  bool wants_fresh_answer = false;
};

enum class SharingOutcome {
  // There is an answer; fetch() has it too, for as long as it is stored.
  kHit,
  // join() waits for it.
  kJoin,
  // The owner is to make it; end_lead() or abandon() must follow.
  kLead,
  // The request is on its own.
  kBypass,
};

struct Sharing {
  SharingOutcome outcome = SharingOutcome::kBypass;
  // Of a hit, and of nothing else.
  std::optional<FoundAnswer> found = std::nullopt;
};

// The answer of a lead needs no longer to be waited for: it was stored, or there is none.
struct LeadEnd {
  RequestSignature signature;
  // Requests that the leader's gateway answered with it, the leader apart.
  std::int64_t local_join_count = 0;
  // Of the answer.
  std::int64_t input_token_count = 0;
  std::int64_t output_token_count = 0;
};

// Thread-safe. The clock outlives it. Owners and waiters are called without a lock held.
class SharedResponses {
 public:
  // Shares nothing until it is configured.
  explicit SharedResponses(const Clock& clock);
  ~SharedResponses();
  SharedResponses(const SharedResponses&) = delete;
  SharedResponses& operator=(const SharedResponses&) = delete;

  // Leads under way go on. Without caching, what was stored is forgotten.
  void configure(const CacheSettings& cache, const ResponseSharing& sharing);

  // `upstream_model` is what the request would ask: a stored answer of another model is none. `owner` leads if nobody
  // does; what it leads already it does not join, and without an owner nobody leads. Calls nobody.
  [[nodiscard]] Sharing look_up(const SharingQuery& query, std::string_view upstream_model,
                                const std::shared_ptr<LeadOwner>& owner);

  // Gives the answer to those who wait for it, and keeps it for later requests if it is `cacheable` and caching is on.
  // Needs no lead.
  void store(const RequestSignature& signature, SharedAnswer answer, bool cacheable);
  [[nodiscard]] std::optional<FoundAnswer> fetch(const RequestSignature& signature);

  // False when nobody makes that answer: the waiter will not be told. Otherwise it will be, possibly before this
  // returns, unless it leaves.
  [[nodiscard]] bool join(const RequestSignature& signature, AnswerWaiter& waiter);
  // True if the waiter waited: it will not be told now. False if it was told, is being told, or never waited.
  bool leave(const RequestSignature& signature, AnswerWaiter& waiter);

  // Ignored unless `owner` leads. Those who still wait are told that there is nothing.
  void end_lead(const LeadEnd& end, const LeadOwner& owner);
  // The same for all that the owner leads.
  void abandon(const LeadOwner& owner);

  // A miss is a lead that begins; without coalescing, any look-up of a stored answer that finds none. A hit counts when
  // it is said, a join when it is answered, a fetch when it finds something.
  [[nodiscard]] CacheStats stats() const;
  // How many stored answers were forgotten.
  std::int64_t flush();

 private:
  // With mutex_ held.
  void count_saved(std::int64_t request_count, std::int64_t input_token_count, std::int64_t output_token_count);

  const Clock& clock_;

  mutable std::mutex mutex_;
  bool caching_ = false;
  bool coalescing_ = false;
  // Counting what is in it forgets what is too old.
  mutable ResponseCache cache_;
  LeadTable leads_;
  // Of all time; the cache's own are its own.
  std::int64_t hit_count_ = 0;
  std::int64_t miss_count_ = 0;
  std::int64_t join_count_ = 0;
  std::int64_t fetch_count_ = 0;
  std::int64_t saved_input_token_count_ = 0;
  std::int64_t saved_output_token_count_ = 0;
};

}  // namespace balancer::controlplane

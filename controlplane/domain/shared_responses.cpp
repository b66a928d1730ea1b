#include "controlplane/domain/shared_responses.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace balancer::controlplane {
namespace {

bool answers(const StoredAnswer& answer, const SharingQuery& query, std::string_view upstream_model) {
  const bool fits =
      query.max_output_token_count <= 0 || answer.output_token_count <= query.max_output_token_count;
  return fits && answer.upstream_model == upstream_model;
}

FoundAnswer found(const ResponseCache::Hit& hit, Clock::TimePoint now) {
  return {.answer = hit.answer, .age = std::chrono::duration_cast<std::chrono::milliseconds>(now - hit.stored_at)};
}

// What gateways tell is believed, but no sum of it turns round: the total stays where it is full.
void add_saved(std::int64_t& total, std::int64_t request_count, std::int64_t token_count) {
  std::int64_t product = 0;
  const bool full = __builtin_mul_overflow(request_count, token_count, &product) ||
                    __builtin_add_overflow(total, product, &total);
  if (full) total = std::numeric_limits<std::int64_t>::max();
}

void tell(const LeadTable::Waiters& waiters, const SharedAnswer& answer) {
  for (AnswerWaiter* waiter : waiters) waiter->on_answer(answer);
}

}  // namespace

SharedResponses::SharedResponses(const Clock& clock) : clock_(clock) {}

SharedResponses::~SharedResponses() = default;

void SharedResponses::configure(const CacheSettings& cache, const ResponseSharing& sharing) {
  const std::lock_guard lock(mutex_);
  caching_ = sharing.caching && cache.max_entries > 0;
  coalescing_ = sharing.coalescing;
  if (!caching_) cache_.clear();
  cache_.configure(cache, clock_.now());
}

Sharing SharedResponses::look_up(const SharingQuery& query, std::string_view upstream_model,
                                 const std::shared_ptr<LeadOwner>& owner) {
  const std::lock_guard lock(mutex_);
  if (caching_ && !query.wants_fresh_answer) {
    const Clock::TimePoint now = clock_.now();
    const ResponseCache::Hit* const hit = cache_.find(query.signature, now);
    if (hit != nullptr && answers(*hit->answer, query, upstream_model)) {
      cache_.refresh(query.signature);
      ++hit_count_;
      count_saved(1, hit->answer->input_token_count, hit->answer->output_token_count);
      return {SharingOutcome::kHit, found(*hit, now)};
    }
  }
  if (!coalescing_) {
    if (caching_ && !query.wants_fresh_answer) ++miss_count_;
    return {SharingOutcome::kBypass};
  }
  if (const Lead* const lead = leads_.find(query.signature)) {
    const bool unsuitable = lead->answer != nullptr && !answers(*lead->answer, query, upstream_model);
    if (query.wants_fresh_answer || unsuitable) return {SharingOutcome::kBypass};
    return {SharingOutcome::kJoin};
  }
  if (owner == nullptr) return {SharingOutcome::kBypass};
  leads_.begin(query.signature, owner);
  ++miss_count_;
  return {SharingOutcome::kLead};
}

void SharedResponses::store(const RequestSignature& signature, SharedAnswer answer, bool cacheable) {
  LeadTable::Waiters waiters;
  {
    const std::lock_guard lock(mutex_);
    if (cacheable && caching_) cache_.store(signature, answer, clock_.now());
    waiters = leads_.answer(signature, answer);
    join_count_ += static_cast<std::int64_t>(waiters.size());
    count_saved(static_cast<std::int64_t>(waiters.size()), answer->input_token_count, answer->output_token_count);
  }
  tell(waiters, answer);
}

std::optional<FoundAnswer> SharedResponses::fetch(const RequestSignature& signature) {
  const std::lock_guard lock(mutex_);
  const Clock::TimePoint now = clock_.now();
  const ResponseCache::Hit* const hit = cache_.find(signature, now);
  if (hit == nullptr) return std::nullopt;
  ++fetch_count_;
  return found(*hit, now);
}

bool SharedResponses::join(const RequestSignature& signature, AnswerWaiter& waiter) {
  SharedAnswer answer;
  std::shared_ptr<LeadOwner> owner;
  {
    const std::lock_guard lock(mutex_);
    const Lead* const lead = leads_.find(signature);
    if (lead == nullptr) return false;
    answer = lead->answer;
    if (answer == nullptr) {
      owner = leads_.wait(signature, waiter);
    } else {
      ++join_count_;
      count_saved(1, answer->input_token_count, answer->output_token_count);
    }
  }
  if (answer != nullptr) waiter.on_answer(answer);
  if (owner != nullptr) owner->on_wanted(signature);
  return true;
}

bool SharedResponses::leave(const RequestSignature& signature, AnswerWaiter& waiter) {
  const std::lock_guard lock(mutex_);
  return leads_.leave(signature, waiter);
}

void SharedResponses::end_lead(const LeadEnd& end, const LeadOwner& owner) {
  LeadTable::Waiters waiters;
  {
    const std::lock_guard lock(mutex_);
    const Lead* const lead = leads_.find(end.signature);
    if (lead == nullptr || lead->owner.get() != &owner) return;
    waiters = leads_.end(end.signature);
    join_count_ += std::max<std::int64_t>(end.local_join_count, 0);
    count_saved(end.local_join_count, end.input_token_count, end.output_token_count);
  }
  tell(waiters, nullptr);
}

void SharedResponses::abandon(const LeadOwner& owner) {
  LeadTable::Waiters waiters;
  {
    const std::lock_guard lock(mutex_);
    waiters = leads_.abandon(owner);
  }
  tell(waiters, nullptr);
}

CacheStats SharedResponses::stats() const {
  const std::lock_guard lock(mutex_);
  cache_.sweep(clock_.now());
  const CacheSettings& settings = cache_.settings();
  const ResponseCache::Counts& counts = cache_.counts();
  return {.enabled = caching_,
          .entry_count = static_cast<std::int64_t>(cache_.entry_count()),
          .byte_count = static_cast<std::int64_t>(cache_.byte_count()),
          .entry_limit = settings.max_entries,
          .byte_limit = static_cast<std::int64_t>(settings.max_bytes),
          .time_to_live = settings.time_to_live,
          .lead_count = static_cast<std::int64_t>(leads_.size()),
          .hit_count = hit_count_,
          .miss_count = miss_count_,
          .join_count = join_count_,
          .fetch_count = fetch_count_,
          .stored_count = counts.stored,
          .evicted_count = counts.evicted,
          .expired_count = counts.expired,
          .flushed_count = counts.flushed,
          .saved_input_token_count = saved_input_token_count_,
          .saved_output_token_count = saved_output_token_count_};
}

std::int64_t SharedResponses::flush() {
  const std::lock_guard lock(mutex_);
  return cache_.clear();
}

void SharedResponses::count_saved(std::int64_t request_count, std::int64_t input_token_count,
                                  std::int64_t output_token_count) {
  add_saved(saved_input_token_count_, request_count, input_token_count);
  add_saved(saved_output_token_count_, request_count, output_token_count);
}

}  // namespace balancer::controlplane

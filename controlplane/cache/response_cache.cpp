#include "controlplane/cache/response_cache.hpp"

#include <utility>

namespace balancer::controlplane {

std::uint64_t ResponseCache::cost(const StoredAnswer& answer) {
  // A list's node is two links and a pointer; a map's a link and the hash besides its value; a bucket is a pointer.
  // Each of the four allocations, and each of the texts', may take two words more than was asked for.
  constexpr std::size_t kWord = sizeof(void*);
  static_assert(kEntryOverhead >= sizeof(StoredAnswer) + sizeof(Entries::value_type) + 2 * 3 * kWord + 6 * kWord +
                                      (4 + 3) * 2 * kWord);
  return kEntryOverhead + answer.message.capacity() + answer.provider.capacity() + answer.upstream_model.capacity();
}

void ResponseCache::configure(const CacheSettings& settings, Clock::TimePoint now) {
  settings_ = settings;
  sweep(now);
  make_room(0, 0, counts_.flushed);
}

void ResponseCache::store(const RequestSignature& signature, SharedAnswer answer, Clock::TimePoint now) {
  if (const auto replaced = entries_.find(signature); replaced != entries_.end()) erase(replaced);
  sweep(now);
  const std::uint64_t cost = ResponseCache::cost(*answer);
  if (settings_.max_entries == 0 || cost > settings_.max_bytes) return;
  make_room(1, cost, counts_.evicted);

  const auto added = entries_.try_emplace(signature).first;
  Entry& entry = added->second;
  entry.hit = {.answer = std::move(answer), .stored_at = now};
  entry.cost = cost;
  entry.by_use = by_use_.insert(by_use_.begin(), &added->first);
  entry.by_age = by_age_.insert(by_age_.end(), &added->first);
  byte_count_ += cost;
  ++counts_.stored;
}

const ResponseCache::Hit* ResponseCache::find(const RequestSignature& signature, Clock::TimePoint now) {
  const auto found = entries_.find(signature);
  if (found == entries_.end()) return nullptr;
  if (expired(found->second, now)) {
    erase(found);
    ++counts_.expired;
    return nullptr;
  }
  return &found->second.hit;
}

void ResponseCache::refresh(const RequestSignature& signature) {
  const auto found = entries_.find(signature);
  if (found != entries_.end()) by_use_.splice(by_use_.begin(), by_use_, found->second.by_use);
}

void ResponseCache::sweep(Clock::TimePoint now) {
  while (!by_age_.empty()) {
    const auto oldest = entries_.find(*by_age_.front());
    if (!expired(oldest->second, now)) return;
    erase(oldest);
    ++counts_.expired;
  }
}

std::int64_t ResponseCache::clear() {
  const auto count = static_cast<std::int64_t>(entries_.size());
  entries_.clear();
  by_use_.clear();
  by_age_.clear();
  byte_count_ = 0;
  counts_.flushed += count;
  return count;
}

bool ResponseCache::expired(const Entry& entry, Clock::TimePoint now) const {
  return now - entry.hit.stored_at >= settings_.time_to_live;
}

void ResponseCache::erase(Entries::iterator entry) {
  byte_count_ -= entry->second.cost;
  by_use_.erase(entry->second.by_use);
  by_age_.erase(entry->second.by_age);
  entries_.erase(entry);
}

void ResponseCache::make_room(std::size_t entry_count, std::uint64_t byte_count, std::int64_t& count) {
  while (!entries_.empty() && (entries_.size() + entry_count > settings_.max_entries ||
                               byte_count_ + byte_count > settings_.max_bytes)) {
    erase(entries_.find(*by_use_.back()));
    ++count;
  }
}

}  // namespace balancer::controlplane

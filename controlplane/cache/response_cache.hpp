// Answers by the signature of their requests: exact, bounded in entries and in bytes. What was used least recently
// makes room for others; what is too old is never found.
//
// Has no clock and no lock: the caller passes the time, which does not go back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

#include "common/signature/request_signature.hpp"
#include "common/time/clock.hpp"
#include "controlplane/cache/shared_answer.hpp"
#include "controlplane/config/config.hpp"

namespace balancer::controlplane {

class ResponseCache {
 public:
  // What an entry takes besides its texts: nodes, buckets, counts and what the allocator adds.
  static constexpr std::uint64_t kEntryOverhead = 512;

  struct Hit {
    SharedAnswer answer;
    Clock::TimePoint stored_at;
  };

  // Of all time. An answer that replaced another of its signature is counted as stored, the replaced one nowhere.
  struct Counts {
    std::int64_t stored = 0;
    // Made room for others.
    std::int64_t evicted = 0;
    std::int64_t expired = 0;
    // By clear() and configure().
    std::int64_t flushed = 0;
  };

  // Holds nothing until it is configured. Answers beyond new bounds are forgotten, the least recently used first.
  void configure(const CacheSettings& settings, Clock::TimePoint now);

  // In place of what the signature had. Not kept when it alone is more than the bounds allow.
  void store(const RequestSignature& signature, SharedAnswer answer, Clock::TimePoint now);
  // A fresh answer, or null. Valid until the next call. Does not count as use: see refresh().
  [[nodiscard]] const Hit* find(const RequestSignature& signature, Clock::TimePoint now);
  // What was found is used: it is evicted later, but grows old as before.
  void refresh(const RequestSignature& signature);
  // Forgets what is too old.
  void sweep(Clock::TimePoint now);
  // How many were forgotten.
  std::int64_t clear();

  [[nodiscard]] std::size_t entry_count() const { return entries_.size(); }
  [[nodiscard]] std::uint64_t byte_count() const { return byte_count_; }
  [[nodiscard]] const CacheSettings& settings() const { return settings_; }
  [[nodiscard]] const Counts& counts() const { return counts_; }

  // What the answer counts against CacheSettings::max_bytes.
  [[nodiscard]] static std::uint64_t cost(const StoredAnswer& answer);

 private:
  struct Entry;
  using Entries = std::unordered_map<RequestSignature, Entry, RequestSignatureHash>;
  // Keys of entries_.
  using Order = std::list<const RequestSignature*>;

  struct Entry {
    Hit hit;
    std::uint64_t cost = 0;
    Order::iterator by_use;
    Order::iterator by_age;
  };

  [[nodiscard]] bool expired(const Entry& entry, Clock::TimePoint now) const;
  void erase(Entries::iterator entry);
  // Forgets the least recently used until so much more fits, and counts them.
  void make_room(std::size_t entry_count, std::uint64_t byte_count, std::int64_t& count);

  CacheSettings settings_{.max_entries = 0, .max_bytes = 0, .time_to_live = {}};
  Entries entries_;
  // The one used last comes first.
  Order by_use_;
  // The oldest comes first.
  Order by_age_;
  std::uint64_t byte_count_ = 0;
  Counts counts_;
};

}  // namespace balancer::controlplane

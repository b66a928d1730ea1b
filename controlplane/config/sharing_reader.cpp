#include "controlplane/config/sharing_reader.hpp"

#include <chrono>
#include <cstdint>

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMaxCacheBytes = std::uint64_t{1} << 40;

CacheSettings read_cache(YamlMap& settings, YamlMap& map) {
  CacheSettings cache;
  cache.max_entries = settings.integer<std::uint32_t>("max_cache_size", cache.max_entries, 0, 10'000'000);
  cache.time_to_live = settings.duration("cache_ttl_seconds", cache.time_to_live, 1ms);
  cache.max_bytes = map.integer<std::uint64_t>("max_bytes", cache.max_bytes, 1, kMaxCacheBytes);
  return cache;
}

void read_deduplication(YamlMap map, ResponseSharing& sharing) {
  sharing.coalescing = map.boolean("enabled", sharing.coalescing);
  sharing.include_max_tokens = map.boolean("include_max_tokens_in_signature", sharing.include_max_tokens);
  sharing.linger = map.duration("linger", sharing.linger);
  map.ignore("sse_error_cleanup_delay", "is ignored: broken answers are shared with nobody");
}

}  // namespace

void read_sharing(YamlMap& settings, YamlMap& caching_timeouts, Config& config) {
  ResponseSharing& sharing = config.snapshot.response_sharing;
  YamlMap cache = settings.map("cache");
  config.cache = read_cache(settings, cache);
  sharing.caching = config.cache.max_entries > 0;
  sharing.store_truncated = cache.boolean("store_truncated", sharing.store_truncated);
  read_deduplication(settings.map("deduplication"), sharing);
  sharing.join_timeout = caching_timeouts.duration("deduplication_timeout", sharing.join_timeout, 1ms);
  caching_timeouts.ignore("cache_operation_timeout", "is ignored: the cache is never waited for");
}

}  // namespace balancer::controlplane

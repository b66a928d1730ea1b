#include "common/upstream/upstream_pools.hpp"

#include <algorithm>

namespace balancer {
namespace {

bool leads_to(const ConnectionPool& pool, const Provider& provider) {
  const UpstreamEndpoint& endpoint = pool.endpoint();
  return endpoint.url == provider.url && endpoint.proxy == provider.proxy && endpoint.ca_file == provider.ca_file &&
         endpoint.allow_link_local == provider.allow_link_local;
}

}  // namespace

UpstreamPools::UpstreamPools(TimerWheel& wheel, Resolver& resolver) : wheel_(wheel), resolver_(resolver) {}

ConnectionPool& UpstreamPools::pool_for(const Provider& provider) {
  for (Entry& entry : entries_) {
    if (entry.provider == provider.name && leads_to(*entry.pool, provider)) return *entry.pool;
  }
  UpstreamEndpoint endpoint{provider.url, provider.proxy, provider.ca_file, provider.allow_link_local};
  entries_.push_back(
      {provider.name, std::make_unique<ConnectionPool>(wheel_, resolver_, tls_, std::move(endpoint))});
  return *entries_.back().pool;
}

void UpstreamPools::retain_only(const Snapshot& snapshot) {
  std::erase_if(entries_, [&](const Entry& entry) {
    return std::none_of(snapshot.providers.begin(), snapshot.providers.end(), [&](const Provider& provider) {
      return provider.enabled && provider.name == entry.provider && leads_to(*entry.pool, provider);
    });
  });
}

}  // namespace balancer

#include "controlplane/metrics/cache_families.hpp"

#include <cstdint>

namespace balancer::controlplane {
namespace {

using metrics::counter;
using metrics::gauge;
using metrics::Sample;

double number(std::int64_t count) { return static_cast<double>(count); }

}  // namespace

void add_cache_families(const CacheStats& stats, metrics::Families& families) {
  families.push_back(gauge("balancer_controlplane_cache_entries", "Stored answers.", number(stats.entry_count)));
  families.push_back(
      gauge("balancer_controlplane_cache_bytes", "Memory that stored answers take.", number(stats.byte_count)));
  families.push_back(gauge("balancer_controlplane_cache_limit_bytes", "Memory that stored answers may take.",
                           number(stats.byte_limit)));
  families.push_back(gauge("balancer_controlplane_leads", "Answers under way that other requests may join.",
                           number(stats.lead_count)));
  families.push_back(counter("balancer_controlplane_cache_hits_total",
                             "Requests that a stored answer was there for.", number(stats.hit_count)));
  families.push_back(counter("balancer_controlplane_cache_misses_total",
                             "Requests that could have been answered with a stored answer, and were not.",
                             number(stats.miss_count)));
  families.push_back(counter("balancer_controlplane_cache_fetches_total",
                             "Stored answers that gateways fetched apart: too long to come with the decision.",
                             number(stats.fetch_count)));
  families.push_back(counter("balancer_controlplane_joins_total",
                             "Requests answered with the answer of another one that was under way.",
                             number(stats.join_count)));
  families.push_back(
      counter("balancer_controlplane_cache_stored_total", "Answers that were stored.", number(stats.stored_count)));
  families.push_back(counter("balancer_controlplane_cache_removed_total", "Stored answers that were removed, by reason.",
                             {Sample{.value = number(stats.evicted_count), .labels = {{"reason", "evicted"}}},
                              Sample{.value = number(stats.expired_count), .labels = {{"reason", "expired"}}},
                              Sample{.value = number(stats.flushed_count), .labels = {{"reason", "flushed"}}}}));
  families.push_back(counter("balancer_controlplane_saved_tokens_total",
                             "Tokens of answers that were shared instead of being asked for again.",
                             {Sample{.value = number(stats.saved_input_token_count), .labels = {{"type", "input"}}},
                              Sample{.value = number(stats.saved_output_token_count), .labels = {{"type", "output"}}}}));
}

}  // namespace balancer::controlplane

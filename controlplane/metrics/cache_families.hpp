// What is stored, and what sharing answers has saved.
#pragma once

#include "common/metrics/metric_family.hpp"
#include "controlplane/cache/cache_stats.hpp"

namespace balancer::controlplane {

void add_cache_families(const CacheStats& stats, metrics::Families& families);

}  // namespace balancer::controlplane

// What every Prometheus client says of its process, under the names that dashboards know: process_cpu_seconds_total,
// process_resident_memory_bytes, process_open_fds and so on.
#pragma once

#include "common/metrics/metric_family.hpp"

namespace balancer::metrics {

// Read from /proc now. What cannot be read is left out.
void add_process_metrics(Families& families);

}  // namespace balancer::metrics

// The control plane's own metrics: all that its /metrics says. What they say is read when they are asked for, so that
// nothing counts twice.
#pragma once

#include "common/metrics/metric_family.hpp"
#include "controlplane/domain/control_plane.hpp"

namespace balancer::controlplane {

// All but the process's own.
[[nodiscard]] metrics::Families collect_metrics(const ControlPlane& control_plane);

}  // namespace balancer::controlplane

// Whether a streamed answer is one that Claude Code understands, and whether it came piece by piece.
#pragma once

#include "controlplane/cli/client/doctor.hpp"
#include "controlplane/cli/client/http_probe.hpp"

namespace balancer::controlplane::cli {

// Both are for answers that diagnose() has nothing against.

// Content type, event names, and their order from message_start to message_stop.
[[nodiscard]] Check judge_stream(const ProbeAnswer& answer, const DoctorSettings& settings);

// Skipped when it cannot be told: a proxy that collects a short or quick answer looks like none.
[[nodiscard]] Check judge_pace(const ProbeAnswer& answer);

}  // namespace balancer::controlplane::cli

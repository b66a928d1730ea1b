// Whether a health check of a provider may be made now.
#pragma once

#include <chrono>

namespace balancer::controlplane {

struct CheckTurn {
  // A check may take the probe of a cooling provider so much before it is due: no user's request is to come first.
  static constexpr std::chrono::milliseconds kProbeLead{20};

  enum class Kind {
    // It serves.
    kCheck,
    // It cools, and the check has taken the probe: its report says so.
    kProbe,
    // It is left alone, or unknown.
    kNotNow,
  };
  Kind kind = Kind::kNotNow;
  // Of kNotNow: until there is a probe to take; 0 when somebody else has it.
  std::chrono::nanoseconds wait{0};
};

}  // namespace balancer::controlplane

// What a failure costs a provider (protocol.md 5.5): whether one is enough, how much of the provider it concerns and for
// how long that is left alone. The control plane judges by it, and so does a gateway that has no control plane.
#pragma once

#include <chrono>

#include "common/routing/attempt_report.hpp"

namespace balancer::routing {

enum class FailureScope {
  kProvider,
  // The model that was asked for, of this provider alone: one that it does not have, or a rate limit that does not say
  // how long it lasts, and so is more likely one model's than the account's.
  kModel,
};

struct CooldownSettings {
  // The first cooldown after failures that name no time; doubles with each probe that fails.
  std::chrono::milliseconds base{30'000};
  // Where doubling, and belief in a Retry-After, end.
  std::chrono::milliseconds limit{300'000};

  friend bool operator==(const CooldownSettings&, const CooldownSettings&) = default;
};

// `outcome` is_provider_failure().
[[nodiscard]] FailureScope scope_of(AttemptOutcome outcome, bool names_delay);

// The failure needs no others beside it: the provider said itself that it will not serve.
[[nodiscard]] bool cools_at_once(AttemptOutcome outcome, bool names_delay);

// `earlier` is the number of cooldowns in a row before this one. `jitter`, within [0, 1), lengthens cooldowns that the
// provider did not name by up to a fifth, so that not all that failed together are probed together.
[[nodiscard]] std::chrono::milliseconds cooldown_of(const AttemptReport& report, unsigned earlier, double jitter,
                                                    const CooldownSettings& settings);

}  // namespace balancer::routing

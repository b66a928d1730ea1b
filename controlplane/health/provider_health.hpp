// All that the control plane knows of one provider: its own cooldown, those of single models of it, how many requests are
// under way and how quickly it answers.
//
// Has no clock, dice or lock: the caller passes the moment.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/snapshot/provider.hpp"
#include "controlplane/health/cooldown.hpp"
#include "controlplane/health/peak_latency.hpp"
#include "controlplane/health/provider_status.hpp"
#include "controlplane/health/warm_up.hpp"

namespace balancer::controlplane {

class ProviderHealth {
 public:
  // Clients may name any model: no more than so many are remembered, and none for which nobody has asked for so long after
  // its cooldown.
  static constexpr std::size_t kMaxModels = 64;
  static constexpr std::chrono::minutes kModelMemory{10};

  // `probe` is the one that the report is about; it is over then. True if gateways should learn of it.
  bool record(const routing::AttemptReport& report, ProbeId probe, const HealthSettings& settings,
              const Cooldown::Moment& moment);
  bool hold(std::chrono::milliseconds duration, const Cooldown::Moment& moment);
  // Forgets all that speaks against the provider and its models.
  bool restore(Clock::TimePoint now);
  // See Cooldown::adopt; `upstream_model` is empty for the whole provider.
  bool adopt(const std::string& upstream_model, std::chrono::milliseconds remaining, const std::string& last_error,
             const Cooldown::Moment& moment);

  void begin_attempt() { ++in_flight_; }
  void end_attempt() { in_flight_ -= in_flight_ > 0 ? 1 : 0; }

  // The probe of a request for that model: of the provider, of the model, or of both. False if none is due.
  bool take_probe(std::string_view upstream_model, ProbeId probe, Clock::TimePoint now);
  void give_probe_back(ProbeId probe);

  // `max_in_flight` of 0 stands for any number.
  [[nodiscard]] routing::TargetCondition condition(std::string_view upstream_model, unsigned max_in_flight,
                                                   Clock::TimePoint now) const;
  // But for `provider` and whether it is disabled.
  [[nodiscard]] ProviderStatus status(Clock::TimePoint now) const;

 private:
  bool record_failure(const routing::AttemptReport& report, ProbeId probe, const HealthSettings& settings,
                      const Cooldown::Moment& moment);
  bool record_success(const routing::AttemptReport& report, ProbeId probe, const HealthSettings& settings,
                      const Cooldown::Moment& moment);
  // Null when it is unknown and too many are known.
  [[nodiscard]] Cooldown* model_cooldown(const std::string& upstream_model, Clock::TimePoint now);
  // Those that do not cool, or whose probe has been due for so long.
  void forget_models(Clock::TimePoint now, std::chrono::minutes overdue = kModelMemory);

  Cooldown cooldown_;
  // Those against which something is known.
  std::map<std::string, Cooldown, std::less<>> models_;
  PeakLatency latency_;
  WarmUp warm_up_;
  int in_flight_ = 0;
};

}  // namespace balancer::controlplane

// Makes the health checks of one provider, one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/async/asio.hpp"
#include "common/async/timer_wheel.hpp"
#include "common/time/clock.hpp"
#include "common/upstream/resolver.hpp"
#include "common/upstream/tls_contexts.hpp"
#include "common/upstream/upstream_call.hpp"
#include "controlplane/domain/control_plane.hpp"
#include "controlplane/probing/check_verdict.hpp"

namespace balancer::controlplane {

// What checks are made with. Stays on the wheel's thread.
struct CheckNetwork {
  TimerWheel& wheel;
  Resolver& resolver;
  TlsContexts& tls;
};

// Checks as the configuration in force says, on a new connection each time. A provider that cools is left alone until
// its probe is due; the check then takes the probe, so that no user's request is risked. What a check finds is recorded
// like an attempt's end; of the answer, nothing but the status and two header fields is looked at.
//
// Stays on the wheel's thread. References outlive the object.
class ProviderProber {
 public:
  // `provider` is the configured name.
  ProviderProber(const CheckNetwork& network, ControlPlane& control_plane, const Clock& clock, std::string provider);
  // Gives back what it has taken.
  ~ProviderProber();
  ProviderProber(const ProviderProber&) = delete;
  ProviderProber& operator=(const ProviderProber&) = delete;

  // Completes when no check of the provider is configured any more, or after stop().
  asio::awaitable<void> run();

  // The configuration or the provider's health has changed. A check that is configured no more, or otherwise, is broken
  // off and not recorded.
  void reconsider();
  // Breaks off a check that is under way.
  void stop();

 private:
  struct Subject;
  using TimePoint = TimerWheel::TimePoint;

  // Nothing when there is nothing to check.
  [[nodiscard]] std::optional<Subject> subject() const;
  // When the next check of a provider that serves may begin, and of one that cools.
  [[nodiscard]] TimePoint next_regular(const Subject& subject) const;
  [[nodiscard]] TimePoint next_probe(const Subject& subject) const;
  // Ends early when something changes.
  asio::awaitable<void> sleep_until(TimePoint time);
  asio::awaitable<void> check(const Subject& subject, bool probe);
  void record(const Subject& subject, bool probe, const CheckVerdict& verdict, Clock::TimePoint begin);
  // A check that asks for something wrong finds out nothing, for ever: said once.
  void log_refusal(const CheckVerdict& verdict);

  const CheckNetwork network_;
  ControlPlane& control_plane_;
  const Clock& clock_;
  const std::string provider_;
  AttemptLedger ledger_;
  asio::steady_timer alarm_;
  // How far into its first interval the first check begins, within [0, 1): not all providers are checked at once.
  const double phase_;
  const TimePoint started_;
  std::optional<TimePoint> last_begin_;
  // While a check is under way.
  const Subject* checked_ = nullptr;
  UpstreamCall* call_ = nullptr;
  bool refused_ = false;
  bool stopped_ = false;
};

}  // namespace balancer::controlplane

// One cooldown on a fake clock.
#pragma once

#include <gtest/gtest.h>

#include "controlplane/health/cooldown.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/unit/controlplane/health/attempt_reports.hpp"

namespace balancer::controlplane {

class CooldownFixture : public testing::Test {
 protected:
  [[nodiscard]] Cooldown::Moment moment() const { return {clock_.now(), clock_.wall_now(), jitter_}; }
  bool fail(const routing::AttemptReport& what, ProbeId probe = kNoProbe) {
    return cooldown_.record_failure(what, probe, settings_, moment());
  }
  bool succeed(const routing::AttemptReport& what = success(), ProbeId probe = kNoProbe) {
    return cooldown_.record_success(what, probe, settings_, moment());
  }
  void fail_three_times() {
    for (int i = 0; i < 3; ++i) fail(transient());
  }
  // Lets the cooldown pass and takes the probe.
  ProbeId take_probe() {
    clock_.advance(remaining());
    EXPECT_TRUE(cooldown_.take_probe(++probe_, clock_.now()));
    return probe_;
  }
  [[nodiscard]] std::chrono::milliseconds remaining() const { return cooldown_.remaining(clock_.now()); }
  [[nodiscard]] bool probe_due() const { return cooldown_.condition(clock_.now()).probe_due; }

  FakeClock clock_;
  HealthSettings settings_;
  double jitter_ = 0;
  ProbeId probe_ = kNoProbe;
  Cooldown cooldown_;
};

}  // namespace balancer::controlplane

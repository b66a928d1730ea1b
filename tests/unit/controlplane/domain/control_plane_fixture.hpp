// A control plane on a fake clock, asked as one gateway or as several.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "controlplane/domain/control_plane.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/unit/controlplane/domain/sample_config.hpp"

namespace balancer::controlplane {

class ControlPlaneFixture : public testing::Test {
 protected:
  ControlPlane& serve(const Config& config) {
    next_load_.config = config;
    control_plane_ = std::make_unique<ControlPlane>(config, [this] { return next_load_; }, clock_);
    return *control_plane_;
  }
  ConfigReload reload(const Config& config) {
    next_load_.config = config;
    return control_plane_->reload();
  }

  static DecisionQuery query(std::string_view session = {}) {
    return {.route = {.model = "claude", .pinned_provider = {}}, .session_key = session};
  }
  // In the order in which they are to be tried; "a?" for a probe, "a!" for a last resort, "(rejected)" for no plan.
  static std::vector<std::string> names_of(const Decision& decision) {
    const auto* plan = std::get_if<routing::AttemptPlan>(&decision.outcome);
    if (plan == nullptr) return {"(rejected)"};
    std::vector<std::string> names;
    for (const routing::Candidate& candidate : plan->candidates) {
      names.push_back(decision.config->snapshot.providers[candidate.provider].name + (candidate.probe ? "?" : "") +
                      (candidate.last_resort ? "!" : ""));
    }
    return names;
  }
  std::vector<std::string> ask(const DecisionQuery& query, AttemptLedger& ledger) {
    return names_of(control_plane_->decide(query, ledger));
  }
  std::vector<std::string> ask(std::string_view session = {}) { return ask(query(session), ledger_); }

  void report(const routing::AttemptReport& report, AttemptLedger& ledger) { control_plane_->record(report, ledger); }
  void report(const routing::AttemptReport& report) { control_plane_->record(report, ledger_); }
  void report(const std::string& provider, routing::AttemptOutcome outcome, bool probe = false) {
    report(attempt_report(provider, outcome, probe));
  }
  void cool(const std::string& provider, std::chrono::milliseconds duration = std::chrono::seconds(30)) {
    report(rate_limit_report(provider, duration));
  }
  // Of an attempt that the plan did not begin with.
  void fail_over(const std::string& from, const std::string& to, std::string session) {
    routing::AttemptReport failed = attempt_report(from, routing::AttemptOutcome::kTransient);
    failed.next_provider = to;
    report(failed);
    routing::AttemptReport served = attempt_report(to, routing::AttemptOutcome::kSuccess);
    served.session_key = std::move(session);
    served.route = "*";
    report(served);
  }
  [[nodiscard]] std::int64_t in_flight(const std::string& provider) const {
    return control_plane_->provider_status(provider)->in_flight_count;
  }
  [[nodiscard]] bool cools(const std::string& provider) const {
    return control_plane_->provider_status(provider)->state == ProviderStatus::State::kCooling;
  }

  FakeClock clock_;
  ConfigLoad next_load_;
  std::unique_ptr<ControlPlane> control_plane_;
  AttemptLedger ledger_;
};

}  // namespace balancer::controlplane

// What one gateway I/O thread has under way: if its stream ends, nobody else reports on it.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/time/clock.hpp"
#include "controlplane/domain/lead_owner.hpp"
#include "controlplane/health/cooldown.hpp"

namespace balancer::controlplane {

// Has no lock: the control plane alone touches it (see ControlPlane::decide).
class AttemptLedger {
 public:
  struct Probe {
    ProbeId id = kNoProbe;
    std::string provider;
    std::string upstream_model;
    Clock::TimePoint taken_at;
  };

  // Without an owner of leads, none of its requests leads.
  AttemptLedger() = default;
  explicit AttemptLedger(std::shared_ptr<LeadOwner> lead_owner) : lead_owner_(std::move(lead_owner)) {}

  void begin(std::string_view provider) { ++in_flight_.try_emplace(std::string(provider), 0).first->second; }
  // False when nothing of that provider is under way.
  bool end(std::string_view provider) {
    const auto found = in_flight_.find(provider);
    if (found == in_flight_.end()) return false;
    if (--found->second == 0) in_flight_.erase(found);
    return true;
  }

  void take_probe(Probe probe) { probes_.push_back(std::move(probe)); }
  // The probe that an attempt was, if it is one of this ledger's. A probe whose answer has begun may still go on when the
  // next one of the same provider is out: the attempt's beginning tells them apart. An empty model stands for any.
  [[nodiscard]] ProbeId find_probe(std::string_view provider, std::string_view upstream_model,
                                   Clock::TimePoint began) const {
    const Probe* best = nullptr;
    for (const Probe& probe : probes_) {
      const bool any_model = upstream_model.empty() || probe.upstream_model.empty();
      if (probe.provider != provider || (!any_model && probe.upstream_model != upstream_model)) continue;
      if (best == nullptr || probe.taken_at <= began || best->taken_at > began) best = &probe;
    }
    return best == nullptr ? kNoProbe : best->id;
  }
  void end_probe(ProbeId id) {
    std::erase_if(probes_, [&](const Probe& probe) { return probe.id == id; });
  }

  [[nodiscard]] const std::map<std::string, int, std::less<>>& in_flight() const { return in_flight_; }
  [[nodiscard]] const std::vector<Probe>& probes() const { return probes_; }
  [[nodiscard]] const std::shared_ptr<LeadOwner>& lead_owner() const { return lead_owner_; }

 private:
  std::map<std::string, int, std::less<>> in_flight_;
  // Oldest first.
  std::vector<Probe> probes_;
  std::shared_ptr<LeadOwner> lead_owner_;
};

}  // namespace balancer::controlplane

// A control plane whose decisions somebody watches.
#pragma once

#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {

class ObservedDecisions : public ControlPlaneFixture {
 protected:
  static DecisionQuery request(std::string_view id, std::string_view session = {}) {
    DecisionQuery asked = query(session);
    asked.request_id = id;
    return asked;
  }
  // Later than the last one whose reasons were found out.
  void decide(const DecisionQuery& query) {
    clock_.advance(std::chrono::milliseconds(10));
    static_cast<void>(control_plane_->decide(query, ledger_));
  }
  ObservedRequest newest() const {
    const std::vector<ObservedRequest> requests = control_plane_->activity().requests(1);
    return requests.empty() ? ObservedRequest() : requests[0];
  }
  std::size_t seen() const { return control_plane_->activity().requests(1'000).size(); }
};

}  // namespace balancer::controlplane

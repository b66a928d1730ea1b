// Routing tables in short, for tests: providers "a", "b", "c" and routes over them.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/routing/attempt_plan.hpp"

namespace balancer::routing {

inline RouteTarget target(std::size_t provider, int priority = 0, std::string upstream_model = {}) {
  return {.provider = provider, .upstream_model = std::move(upstream_model), .priority = priority, .enabled = true};
}

inline Route route(std::string pattern, std::vector<RouteTarget> targets) {
  return {.pattern = std::move(pattern), .targets = std::move(targets), .strategy = std::nullopt};
}

inline RoutingTable table_of(std::vector<Route> routes) {
  return {.providers = {{"a", true}, {"b", true}, {"c", true}}, .routes = std::move(routes),
          .strategy = SelectionStrategy::kPriority};
}

// Conditions as a test says; all that it does not name are well.
class StatedConditions final : public TargetConditions {
 public:
  StatedConditions() = default;
  StatedConditions(std::initializer_list<TargetCondition> providers) {
    for (const TargetCondition& condition : providers) providers_.emplace(providers_.size(), condition);
  }

  [[nodiscard]] TargetCondition of(std::size_t provider, std::string_view upstream_model) const override {
    if (const auto model = models_.find({provider, std::string(upstream_model)}); model != models_.end()) {
      return model->second;
    }
    const auto found = providers_.find(provider);
    return found == providers_.end() ? TargetCondition() : found->second;
  }

  TargetCondition& operator[](std::size_t provider) { return providers_[provider]; }
  void set_model(std::size_t provider, std::string model, TargetCondition condition) {
    models_[{provider, std::move(model)}] = condition;
  }

 private:
  std::map<std::size_t, TargetCondition> providers_;
  std::map<std::pair<std::size_t, std::string>, TargetCondition> models_;
};

inline TargetCondition cooling(std::chrono::nanoseconds remaining) {
  return {.cooling = true, .probe_due = false, .remaining_cooldown = remaining};
}
inline TargetCondition probe_due() { return {.cooling = true, .probe_due = true}; }
inline TargetCondition busy() { return {.busy = true}; }
inline TargetCondition warming() { return {.warming = true}; }
inline TargetCondition loaded(double load) { return {.load = load}; }

}  // namespace balancer::routing

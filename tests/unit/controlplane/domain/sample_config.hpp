// A small configuration for tests: providers named as given, one route "*" over all of them in that order.
#pragma once

#include <string>
#include <vector>

#include "common/routing/attempt_report.hpp"
#include "controlplane/config/config.hpp"

namespace balancer::controlplane {

inline Config sample_config(const std::vector<std::string>& providers,
                            routing::SelectionStrategy strategy = routing::SelectionStrategy::kPriority) {
  Config config;
  routing::Route route{.pattern = "*", .targets = {}};
  for (const std::string& name : providers) {
    Provider provider;
    provider.name = name;
    provider.base_url = "https://" + name + ".example";
    provider.url.host = name + ".example";
    provider.credential = Secret("credential-of-" + name);
    config.snapshot.providers.push_back(provider);
    config.snapshot.routing.providers.push_back({.name = name, .enabled = true});
    route.targets.push_back({.provider = route.targets.size(), .upstream_model = "model-at-" + name});
  }
  config.snapshot.routing.routes.push_back(route);
  config.snapshot.routing.strategy = strategy;
  return config;
}

inline routing::AttemptReport attempt_report(std::string provider, routing::AttemptOutcome outcome,
                                             bool probe = false) {
  routing::AttemptReport report;
  report.provider = std::move(provider);
  report.outcome = outcome;
  report.probe = probe;
  return report;
}

}  // namespace balancer::controlplane

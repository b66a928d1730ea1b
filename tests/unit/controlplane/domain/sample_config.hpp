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
  routing::Route route{.pattern = "*", .targets = {}, .strategy = std::nullopt};
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

// Of an attempt by that route.
inline routing::AttemptReport attempt_report(const std::string& provider, routing::AttemptOutcome outcome,
                                             bool probe = false) {
  routing::AttemptReport report;
  report.provider = provider;
  report.upstream_model = "model-at-" + provider;
  report.outcome = outcome;
  report.probe = probe;
  return report;
}

// The provider says that it will not serve for so long.
inline routing::AttemptReport rate_limit_report(const std::string& provider, std::chrono::milliseconds retry_delay) {
  routing::AttemptReport report = attempt_report(provider, routing::AttemptOutcome::kRateLimited);
  report.retry_delay = retry_delay;
  return report;
}

}  // namespace balancer::controlplane

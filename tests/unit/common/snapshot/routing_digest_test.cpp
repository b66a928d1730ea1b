#include "common/snapshot/routing_digest.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace balancer {
namespace {

Snapshot sample() {
  Snapshot snapshot;
  for (const char* const name : {"first", "second"}) {
    Provider provider;
    provider.name = name;
    provider.base_url = std::string("https://") + name + ".example";
    snapshot.providers.push_back(provider);
    snapshot.routing.providers.push_back({name, true});
  }
  routing::Route route;
  route.pattern = "*";
  route.targets.resize(2);
  route.targets[1].provider = 1;
  route.targets[1].upstream_model = "other";
  snapshot.routing.routes = {route};
  return snapshot;
}

using Change = std::function<void(Snapshot&)>;

TEST(RoutingDigestTest, WhateverDecidesWhoAnswersWhatChangesIt) {
  const std::vector<Change> changes = {
      [](Snapshot& s) { s.routing.routes[0].pattern = "claude-*"; },
      [](Snapshot& s) { s.routing.routes.push_back(s.routing.routes[0]); },
      [](Snapshot& s) { s.routing.routes[0].targets.pop_back(); },
      [](Snapshot& s) { s.routing.routes[0].targets[0].upstream_model = "renamed"; },
      [](Snapshot& s) { s.routing.routes[0].targets[0].provider = 1; },
      [](Snapshot& s) { s.routing.routes[0].targets[0].enabled = false; },
      [](Snapshot& s) { s.routing.routes[0].targets[0].priority = 7; },
      [](Snapshot& s) { s.providers[0].name = "renamed"; },
      [](Snapshot& s) { s.providers[0].base_url = "https://elsewhere.example"; },
      [](Snapshot& s) { s.providers[0].type = ProviderType::kOpenAi; },
      [](Snapshot& s) { s.providers[0].enabled = false; },
      [](Snapshot& s) { s.providers[0].version_override = "2024-01-01"; },
      [](Snapshot& s) { s.providers[0].beta_add = {"b"}; },
      [](Snapshot& s) { s.providers[0].beta_remove = {"b"}; },
      [](Snapshot& s) { s.providers[0].conversion.prompt_cache_key = !s.providers[0].conversion.prompt_cache_key; },
  };
  const Sha256Digest original = routing_digest(sample());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Snapshot changed = sample();
    changes[i](changed);
    EXPECT_NE(routing_digest(changed), original) << "change " << i;
  }
}

TEST(RoutingDigestTest, WhatLeavesAnswersGoodDoesNot) {
  const std::vector<Change> changes = {
      [](Snapshot& s) { s.version = 9; },
      [](Snapshot& s) { s.epoch = "another"; },
      [](Snapshot& s) { s.providers[0].credential = Secret("another"); },
      [](Snapshot& s) { s.routing.strategy = routing::SelectionStrategy::kRandom; },
      [](Snapshot& s) { s.routing.routes[0].targets[0].weight = 5; },
      [](Snapshot& s) { s.timeouts.connect = std::chrono::milliseconds(1); },
      [](Snapshot& s) { s.response_sharing.linger = std::chrono::milliseconds(1); },
  };
  const Sha256Digest original = routing_digest(sample());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Snapshot changed = sample();
    changes[i](changed);
    EXPECT_EQ(routing_digest(changed), original) << "change " << i;
  }
}

TEST(RoutingDigestTest, TextsCannotBeShiftedIntoEachOther) {
  Snapshot one = sample();
  one.providers[0].beta_add = {"ab", "c"};
  Snapshot other = sample();
  other.providers[0].beta_add = {"a", "bc"};
  EXPECT_NE(routing_digest(one), routing_digest(other));
}

}  // namespace
}  // namespace balancer

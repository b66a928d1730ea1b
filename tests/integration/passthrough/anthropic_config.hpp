// Configurations with providers of the Anthropic type, as the pass-through tests need them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/fakes/fake_provider.hpp"

namespace balancer::integration {

struct ProviderEntry {
  std::string name;
  std::string base_url;
  // Further members in YAML's flow style.
  std::string members = "auth_value: key-of-the-provider";
};

[[nodiscard]] ProviderEntry entry(std::string name, const fakes::FakeProvider& provider);

// The target that routes any model to `provider` under the client's own name for it.
[[nodiscard]] std::string any_model_to(std::string_view provider, int priority);

// `settings` are the members of that map and `routes` the lines below model_routes; without any, every model goes to
// the providers in their order.
struct ConfigText {
  std::vector<ProviderEntry> providers;
  std::string settings;
  std::string routes;

  [[nodiscard]] std::string yaml() const;
};

// A body that every provider can answer.
[[nodiscard]] std::string small_request();
[[nodiscard]] std::string small_stream_request();

}  // namespace balancer::integration

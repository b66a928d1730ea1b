// What is known of OpenAI-compatible providers by their host (protocol.md appendix A); the file's own switches come
// before it. deploy/config/reference.yaml shows the same as a table.
#pragma once

#include "common/snapshot/provider.hpp"

namespace balancer::controlplane {

struct HostPreset {
  ConversionSettings settings;
  // How the host goes on with a conversation that ends with the assistant's words: what "prefill: native" means.
  Prefill native_prefill = Prefill::kPrefix;
};

[[nodiscard]] HostPreset host_preset(const ProviderUrl& url);

// What OpenAPI-minded endpoints refuse in a schema: what "schema_clean: true" means.
[[nodiscard]] const std::vector<std::string>& usual_schema_clean();

}  // namespace balancer::controlplane

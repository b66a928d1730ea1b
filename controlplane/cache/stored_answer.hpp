// A complete, successful answer, as requests share it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace balancer::controlplane {

struct StoredAnswer {
  // An Anthropic message, as JSON.
  std::string message;
  // Who made it: the configured name, and the model that it was asked for.
  std::string provider;
  std::string upstream_model;
  std::int64_t input_token_count = 0;
  std::int64_t output_token_count = 0;
};

// Never changes once it is shared.
using SharedAnswer = std::shared_ptr<const StoredAnswer>;

}  // namespace balancer::controlplane

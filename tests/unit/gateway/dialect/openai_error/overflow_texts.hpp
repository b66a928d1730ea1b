// What providers write when a conversation is too long for their model.
#pragma once

#include <span>
#include <string_view>

#include "gateway/dialect/openai_error/context_overflow.hpp"

namespace balancer::gateway {

struct OverflowText {
  std::string_view provider;
  std::string_view text;
  OverflowNumbers numbers;
};

[[nodiscard]] std::span<const OverflowText> overflow_texts();

}  // namespace balancer::gateway

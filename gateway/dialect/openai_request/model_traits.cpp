#include "gateway/dialect/openai_request/model_traits.hpp"

#include <array>

namespace balancer::gateway {
namespace {

constexpr auto kUsualLevels = std::to_array<std::string_view>({"low", "medium", "high"});
constexpr auto kGpt5Levels =
    std::to_array<std::string_view>({"none", "minimal", "low", "medium", "high", "xhigh", "max"});

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

ModelTraits model_traits(std::string_view model) {
  if (const std::size_t slash = model.rfind('/'); slash != std::string_view::npos) model.remove_prefix(slash + 1);
  const bool o_series = model.size() >= 2 && model[0] == 'o' && is_digit(model[1]);
  const bool gpt5 = model.starts_with("gpt-5");
  return {.reasoning = o_series || gpt5,
          .refuses_stop = model.starts_with("o3") || model.starts_with("o4-mini"),
          .refuses_parallel_tool_calls = o_series,
          .reasoning_levels = gpt5 ? std::span<const std::string_view>(kGpt5Levels) : kUsualLevels};
}

}  // namespace balancer::gateway

#include "gateway/dialect/openai_request/reasoning_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "gateway/dialect/openai_request/model_traits.hpp"

namespace balancer::gateway {
namespace {

using Mode = RequestedThinking::Mode;

constexpr std::uint64_t kLowBelow = 4096;
constexpr std::uint64_t kMediumBelow = 16384;
constexpr auto kLevels =
    std::to_array<std::string_view>({"none", "minimal", "low", "medium", "high", "xhigh", "max"});

std::size_t rank(std::string_view level) {
  return static_cast<std::size_t>(std::find(kLevels.begin(), kLevels.end(), level) - kLevels.begin());
}

// The wanted level or the nearest that is supported, lower ones first; empty when `none` is wanted and neither it nor
// `minimal` exists.
std::string_view clamp_level(std::string_view wanted, const std::vector<std::string_view>& supported) {
  const auto has = [&](std::string_view level) {
    return std::find(supported.begin(), supported.end(), level) != supported.end();
  };
  if (wanted == "none") return has("none") ? "none" : has("minimal") ? "minimal" : "";
  for (std::size_t i = rank(wanted) + 1; i-- > rank("minimal");) {
    if (has(kLevels[i])) return kLevels[i];
  }
  for (std::size_t i = rank(wanted) + 1; i < kLevels.size(); ++i) {
    if (has(kLevels[i])) return kLevels[i];
  }
  return {};
}

std::string_view level_of_budget(std::uint64_t tokens) {
  return tokens < kLowBelow ? "low" : tokens < kMediumBelow ? "medium" : "high";
}

// The level that the request comes to; empty: the provider's default.
std::string_view effort_level(const RequestedThinking& thinking, const std::vector<std::string_view>& supported) {
  if (thinking.mode == Mode::kDisabled) {
    const std::string_view off = clamp_level("none", supported);
    return off.empty() && !thinking.effort.empty() ? clamp_level("low", supported) : off;
  }
  if (!thinking.effort.empty()) return clamp_level(thinking.effort, supported);
  if (thinking.budget_tokens) return clamp_level(level_of_budget(*thinking.budget_tokens), supported);
  return {};
}

bool takes_reasoning_fields(const ConversionTarget& target) {
  switch (target.settings.reasoning) {
    case Reasoning::kYes: return true;
    case Reasoning::kNo: return false;
    case Reasoning::kAuto: break;
  }
  return target.settings.reasoning_style != ReasoningStyle::kEffort || model_traits(target.upstream_model).reasoning;
}

std::vector<std::string_view> supported_levels(const ConversionTarget& target) {
  const std::vector<std::string>& configured = target.settings.reasoning_levels;
  if (!configured.empty()) return {configured.begin(), configured.end()};
  const auto known = model_traits(target.upstream_model).reasoning_levels;
  return {known.begin(), known.end()};
}

bool takes_extra(const ConversionSettings& settings, std::string_view name) {
  return std::find(settings.extras.begin(), settings.extras.end(), name) != settings.extras.end();
}

void append_switch(std::string& out, const RequestedThinking& thinking, const ConversionSettings& settings) {
  if (thinking.mode == Mode::kUnset) return;
  const std::string_view on = thinking.mode == Mode::kEnabled ? "true" : "false";
  if (takes_extra(settings, "chat_template_kwargs")) {
    out += fmt::format(R"(,"chat_template_kwargs":{{"enable_thinking":{}}})", on);
    return;
  }
  out += fmt::format(R"(,"enable_thinking":{})", on);
  if (thinking.mode == Mode::kEnabled && thinking.budget_tokens) {
    out += fmt::format(R"(,"thinking_budget":{})", *thinking.budget_tokens);
  }
}

void append_openrouter(std::string& out, const RequestedThinking& thinking, const ConversionTarget& target) {
  if (thinking.mode == Mode::kDisabled) {
    out += R"(,"reasoning":{"enabled":false})";
  } else if (!thinking.effort.empty()) {
    out += fmt::format(R"(,"reasoning":{{"effort":"{}"}})", clamp_level(thinking.effort, supported_levels(target)));
  } else if (thinking.budget_tokens) {
    out += fmt::format(R"(,"reasoning":{{"max_tokens":{}}})", *thinking.budget_tokens);
  } else if (thinking.mode == Mode::kEnabled) {
    out += R"(,"reasoning":{"enabled":true})";
  }
}

}  // namespace

RequestedThinking requested_thinking(const MessagesFields& fields, JsonValue message_effort) {
  RequestedThinking result;
  const JsonValue type = fields.thinking["type"];
  if (type.says("disabled")) {
    result.mode = Mode::kDisabled;
  } else if (type.is_string()) {
    result.mode = Mode::kEnabled;
  }
  if (const auto budget = fields.thinking["budget_tokens"].whole_number(); type.says("enabled") && budget && *budget > 0) {
    result.budget_tokens = static_cast<std::uint64_t>(*budget);
  }
  result.omitted = fields.thinking["display"].says("omitted");
  const JsonValue effort = message_effort.is_string() ? message_effort : fields.output_config["effort"];
  std::string level = effort.decoded_text();
  if (rank(level) < kLevels.size()) result.effort = std::move(level);
  return result;
}

void append_reasoning_fields(std::string& out, const RequestedThinking& thinking, const ConversionTarget& target) {
  if (!takes_reasoning_fields(target)) return;
  switch (target.settings.reasoning_style) {
    case ReasoningStyle::kEffort: {
      const std::string_view level = effort_level(thinking, supported_levels(target));
      if (!level.empty()) out += fmt::format(R"(,"reasoning_effort":"{}")", level);
      return;
    }
    case ReasoningStyle::kThinking:
      if (thinking.mode == Mode::kEnabled) out += R"(,"thinking":{"type":"enabled"})";
      if (thinking.mode == Mode::kDisabled) out += R"(,"thinking":{"type":"disabled"})";
      return;
    case ReasoningStyle::kEnableThinking:
      return append_switch(out, thinking, target.settings);
    case ReasoningStyle::kOpenRouter:
      return append_openrouter(out, thinking, target);
    case ReasoningStyle::kNone:
      return;
  }
}

}  // namespace balancer::gateway

#include "gateway/dialect/openai_error/self_heal.hpp"

#include <re2/re2.h>

#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace balancer::gateway {
namespace {

constexpr std::size_t kReadBytes = 4096;
// How providers say that they do not take something.
constexpr std::string_view kRefusal =
    "unsupported|not support|does not support|unrecognized|unrecognised|unknown|unexpected|extra|not permitted|"
    "not allowed|invalid|must be|only .{0,40}(?:supported|allowed)|is not a valid|incompatible|not compatible";

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

// The error names `field` (as its param, or in words) and says that it is refused.
bool refuses(std::string_view text, const ProviderError& error, std::string_view field) {
  static const RE2 kRefuses("(?i)" + std::string(kRefusal));
  const bool named = error.param == field || error.param.starts_with(std::string(field) + ".") ||
                     text.find(field) != std::string_view::npos;
  return named && RE2::PartialMatch(piece(text), kRefuses);
}

std::optional<std::uint64_t> most_tokens(std::string_view text) {
  static const RE2 kMost(
      R"((?i)max_(?:completion_)?tokens.*(?:at most|less than or equal to|maximum (?:value )?(?:is|of)|<=|\[\d+,)\s*(\d+))");
  std::string digits;
  if (!RE2::PartialMatch(piece(text), kMost, &digits)) return std::nullopt;
  std::uint64_t most = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), most).ec != std::errc() || most == 0) {
    return std::nullopt;
  }
  return most;
}

// The levels that the text puts in quotes.
std::vector<std::string> named_levels(std::string_view text) {
  constexpr auto kLevels =
      std::to_array<std::string_view>({"none", "minimal", "low", "medium", "high", "xhigh", "max"});
  static const RE2 kSupported(R"((?i)(?:supported|allowed|valid|expected|one of|must be)(.*))");
  std::string list;
  if (!RE2::PartialMatch(piece(text), kSupported, &list)) return {};
  std::vector<std::string> levels;
  for (const std::string_view level : kLevels) {
    for (const char quote : {'\'', '"', '`'}) {
      const std::string quoted = quote + std::string(level) + quote;
      if (list.find(quoted) == std::string::npos) continue;
      levels.emplace_back(level);
      break;
    }
  }
  return levels;
}

bool mentions(std::string_view text, std::string_view words) { return text.find(words) != std::string_view::npos; }

void heal_limit(std::string_view text, const ProviderError& error, ConversionSettings& settings) {
  const bool renames = mentions(text, "max_tokens") && mentions(text, "max_completion_tokens");
  if (renames && settings.max_tokens_field == MaxTokensField::kMaxTokens) {
    settings.max_tokens_field = MaxTokensField::kMaxCompletionTokens;
  } else if (settings.max_tokens_field == MaxTokensField::kMaxCompletionTokens &&
             refuses(text, error, "max_completion_tokens") && !most_tokens(text)) {
    settings.max_tokens_field = MaxTokensField::kMaxTokens;
  } else if (const auto most = most_tokens(text); most && (!settings.max_output_tokens || *most < *settings.max_output_tokens)) {
    settings.max_output_tokens = most;
  }
}

void heal_reasoning(std::string_view text, const ProviderError& error, ConversionSettings& settings) {
  if (mentions(text, "reasoning_content") && mentions(text, "passed back")) {
    settings.reasoning_replay = ReasoningReplay::kReasoningContent;
    return;
  }
  if (!refuses(text, error, "reasoning_effort")) return;
  std::vector<std::string> levels = named_levels(text);
  if (!levels.empty() && levels != settings.reasoning_levels) {
    settings.reasoning_levels = std::move(levels);
  } else {
    settings.reasoning = Reasoning::kNo;
  }
}

void heal_format(std::string_view text, const ProviderError& error, ConversionSettings& settings) {
  if (!refuses(text, error, "response_format") && !refuses(text, error, "json_schema")) return;
  settings.structured =
      settings.structured == StructuredOutput::kJsonSchema ? StructuredOutput::kJsonObject : StructuredOutput::kNone;
}

}  // namespace

std::optional<ConversionSettings> heal(const ProviderError& error, const ConversionSettings& current) {
  const std::string words = error.message + " " + error.code;
  const std::string_view text = std::string_view(words).substr(0, kReadBytes);
  ConversionSettings settings = current;
  heal_limit(text, error, settings);
  heal_reasoning(text, error, settings);
  heal_format(text, error, settings);
  if (refuses(text, error, "temperature") || refuses(text, error, "top_p")) settings.sampling = Sampling::kDrop;
  if (refuses(text, error, "'stop'") || error.param == "stop") settings.max_stop = 0;
  if (refuses(text, error, "stream_options")) {
    settings.stream_usage = false;
    settings.stream_obfuscation_off = false;
  }
  if (refuses(text, error, "parallel_tool_calls")) settings.parallel_tool_calls = false;
  if (refuses(text, error, "developer")) settings.system_role = SystemRole::kSystem;
  if (settings == current) return std::nullopt;
  return settings;
}

}  // namespace balancer::gateway

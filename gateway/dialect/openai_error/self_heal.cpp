#include "gateway/dialect/openai_error/self_heal.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/dialect/openai_error/utf8_prefix.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kReadBytes = 4096;

// How providers say that they do not take something. A value out of range is not among it: that is the client's.
constexpr std::string_view kRefusal =
    "unsupported|n.t support|not (?:yet |currently )?support|not be supported|unrecogni[sz]ed|unknown|unexpected|"
    "extra_forbidden|extra (?:inputs|fields|params)|not (?:permitted|allowed|available|compatible)|incompatible|"
    "unavailable|deprecated|only .{0,60}(?:supported|allowed|available)|may only|cannot (?:both )?be";

// Matches a text that refuses what `field`, a regular expression, names: not far from each other, in any order.
std::string refused(std::string_view field) {
  return fmt::format("(?is)(?:{0}).{{0,200}}(?:{1})|(?:{1}).{{0,200}}(?:{0})", kRefusal, field);
}

bool matches(std::string_view text, const RE2& pattern) {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

std::string capture(std::string_view text, const RE2& pattern) {
  std::string captured;
  RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern, &captured);
  return captured;
}

std::uint64_t captured_number(std::string_view text, const RE2& pattern) {
  const std::string digits = capture(text, pattern);
  std::uint64_t number = 0;
  const std::errc error = std::from_chars(digits.data(), digits.data() + digits.size(), number).ec;
  return error == std::errc() ? number : 0;
}

// The largest max_tokens that the text allows; 0 when it does not say.
std::uint64_t most_tokens(std::string_view text) {
  static const RE2 kMost[] = {
      {R"((?is)max_(?:completion_)?tokens.{0,200}\bat most ['"`]?(\d+))"},
      {R"((?is)max_(?:completion_)?tokens.{0,80}less than or equal to ['"`]?(\d+))"},
      {R"((?i)max_(?:completion_)?tokens: \d+ > (\d+))"},
      {R"((?i)range of max_(?:completion_)?tokens (?:is|should be) ?\[\d+, ?(\d+))"},
      {R"((?i)max_(?:completion_)?tokens \(?\d+\)? exceeds [a-z' ]{0,40}output tokens \(?(\d+))"},
  };
  // Gemini.
  static const RE2 kBelow(
      R"((?i)maxOutputTokens .{0,60}supported range is from 1 \(inclusive\) to (\d+) \(exclusive\))");
  for (const RE2& pattern : kMost) {
    if (const std::uint64_t most = captured_number(text, pattern); most > 0) return most;
  }
  const std::uint64_t below = captured_number(text, kBelow);
  return below > 0 ? below - 1 : 0;
}

void heal_limit(std::string_view text, ConversionSettings& settings) {
  using enum MaxTokensField;
  static const RE2 kRefused(refused(R"(\bmax_(?:completion_)?tokens\b)"));
  // The other one is what they recommend.
  static const RE2 kFirstNamed(R"((?i)\b(max_tokens|max_completion_tokens)\b)");
  if (const std::uint64_t most = most_tokens(text); most > 0) {
    settings.max_output_tokens = std::min(most, settings.max_output_tokens.value_or(most));
    return;
  }
  if (!matches(text, kRefused)) return;
  const std::string named = capture(text, kFirstNamed);
  if (named == "max_tokens" && settings.max_tokens_field == kMaxTokens) {
    settings.max_tokens_field = kMaxCompletionTokens;
  } else if (named == "max_completion_tokens" && settings.max_tokens_field == kMaxCompletionTokens) {
    settings.max_tokens_field = kMaxTokens;
  }
}

void heal_sampling(std::string_view text, ConversionSettings& settings) {
  static const RE2 kRefused(refused(R"(\b(?:temperature|top_p)\b)"));
  if (matches(text, kRefused)) settings.sampling = Sampling::kDrop;
}

void heal_stop(std::string_view text, ConversionSettings& settings) {
  static const RE2 kRefused(refused(R"(['"`.]stop['"`:]|: ?stop\b|\bstop[ _](?:sequence|word)s?\b)"));
  static const RE2 kMost(R"((?is)['"`]stop['"`].{0,80}maximum length ?(\d+))");
  if (const std::uint64_t most = captured_number(text, kMost); most > 0) {
    settings.max_stop = static_cast<std::uint32_t>(std::min<std::uint64_t>(most, settings.max_stop));
  } else if (matches(text, kRefused)) {
    settings.max_stop = 0;
  }
}

void heal_stream(std::string_view text, ConversionSettings& settings) {
  // Not "stream_options.include_obfuscation".
  static const RE2 kOptions(refused(R"(\bstream_options(?:[^.\w]|$)|\binclude_usage\b)"));
  static const RE2 kObfuscation(refused(R"(\binclude_obfuscation\b)"));
  if (matches(text, kOptions)) {
    settings.stream_usage = false;
    settings.stream_obfuscation_off = false;
  } else if (matches(text, kObfuscation)) {
    settings.stream_obfuscation_off = false;
  }
}

void heal_tools(std::string_view text, ConversionSettings& settings) {
  static const RE2 kRefused(refused(R"(\bparallel_tool_calls\b)"));
  if (matches(text, kRefused)) settings.parallel_tool_calls = false;
}

// The levels that the text recommends, lowest first.
std::vector<std::string> named_levels(std::string_view text) {
  constexpr auto kLevels =
      std::to_array<std::string_view>({"none", "minimal", "low", "medium", "high", "xhigh", "max"});
  // Up to the sentence's end, or to where pydantic shows the input.
  static const RE2 kList(
      R"((?i)(?:supported values|allowed values|valid values|valid options|one of|should be|must be|expected|)"
      R"(choose from)([^.\[]*))");
  const std::string list = capture(text, kList);
  const std::string_view offered = std::string_view(list).substr(0, list.find("'input'"));
  std::vector<std::string> levels;
  for (const std::string_view level : kLevels) {
    if (matches(offered, RE2(fmt::format(R"((?i)\b{}\b)", level)))) levels.emplace_back(level);
  }
  return levels;
}

void heal_reasoning(std::string_view text, ConversionSettings& settings) {
  static const RE2 kNotReplayed(R"((?is)\breasoning_content\b.{0,200}(?:passed back|is missing))");
  static const RE2 kEffort(R"((?i)\breasoning[._]effort\b)");
  static const RE2 kRefused(refused(R"(\breasoning[._]effort\b)"));
  if (matches(text, kNotReplayed)) {
    settings.reasoning_replay = ReasoningReplay::kReasoningContent;
    return;
  }
  if (!matches(text, kEffort)) return;
  std::vector<std::string> levels = named_levels(text);
  if (!levels.empty() && levels != settings.reasoning_levels) {
    settings.reasoning_levels = std::move(levels);
  } else if (!levels.empty() || matches(text, kRefused)) {
    settings.reasoning = Reasoning::kNo;
  }
}

void heal_format(std::string_view text, ConversionSettings& settings) {
  static const RE2 kRefused(refused(R"(\bresponse[_ ]format\b|\bjson_schema\b)"));
  // Not the field, but what this client put into it.
  static const RE2 kSchemaFault(R"((?i)invalid schema)");
  static const RE2 kUnknownField(R"((?is)(?:unrecogni[sz]ed|unknown|unexpected|extra)\b.{0,80}\bresponse_format\b|)"
                                 R"(\bresponse_format\b.{0,80}extra)");
  if (!matches(text, kRefused) || matches(text, kSchemaFault)) return;
  const bool forms_left = settings.structured == StructuredOutput::kJsonSchema && !matches(text, kUnknownField);
  settings.structured = forms_left ? StructuredOutput::kJsonObject : StructuredOutput::kNone;
}

void heal_system_role(std::string_view text, ConversionSettings& settings) {
  static const RE2 kRefused(refused(R"(['"`]developer['"`]|\bdeveloper role\b|\brole:? developer\b)"));
  static const RE2 kOtherRoles(R"((?is)invalid value: ['"`]developer['"`]|)"
                               R"(\brole\b.{0,80}(?:should be|must be|expected)[^.]{0,40}\bsystem\b)");
  if (matches(text, kRefused) || matches(text, kOtherRoles)) settings.system_role = SystemRole::kSystem;
}

constexpr auto kRemedies = std::to_array<void (*)(std::string_view, ConversionSettings&)>(
    {heal_limit, heal_sampling, heal_stop, heal_stream, heal_tools, heal_reasoning, heal_format, heal_system_role});

}  // namespace

std::optional<ConversionSettings> heal(const ProviderError& error, const ConversionSettings& current) {
  // The field at fault first, spelled as it is in messages.
  const std::string words = fmt::format("'{}' {}: {}", error.param, error.code, error.message);
  const std::string_view text = utf8_prefix(words, kReadBytes);
  ConversionSettings settings = current;
  for (const auto remedy : kRemedies) remedy(text, settings);
  if (settings == current) return std::nullopt;
  return settings;
}

}  // namespace balancer::gateway

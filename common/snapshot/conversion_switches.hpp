// The names of a provider's conversion switches and of their values: one list for the configuration file and for the
// contract between control plane and gateways (protocol.md appendix A).
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/error/error.hpp"
#include "common/snapshot/conversion.hpp"

namespace balancer {

template <class Choice>
using SwitchChoice = std::pair<std::string_view, Choice>;

// The values of each kind of choice, by name.
constexpr auto choices_of(MaxTokensField) {
  using enum MaxTokensField;
  return std::to_array<SwitchChoice<MaxTokensField>>(
      {{"max_tokens", kMaxTokens}, {"max_completion_tokens", kMaxCompletionTokens}, {"none", kNone}});
}
constexpr auto choices_of(Sampling) {
  using enum Sampling;
  return std::to_array<SwitchChoice<Sampling>>({{"auto", kAuto}, {"keep", kKeep}, {"drop", kDrop}});
}
constexpr auto choices_of(SystemRole) {
  using enum SystemRole;
  return std::to_array<SwitchChoice<SystemRole>>({{"system", kSystem}, {"developer", kDeveloper}});
}
constexpr auto choices_of(MidSystem) {
  using enum MidSystem;
  return std::to_array<SwitchChoice<MidSystem>>(
      {{"in_place", kInPlace}, {"user_reminder", kUserReminder}, {"hoist", kHoist}});
}
constexpr auto choices_of(NullContent) {
  using enum NullContent;
  return std::to_array<SwitchChoice<NullContent>>({{"null", kNull}, {"empty", kEmpty}, {"omit", kOmit}});
}
constexpr auto choices_of(Prefill) {
  using enum Prefill;
  return std::to_array<SwitchChoice<Prefill>>(
      {{"reject", kReject}, {"prefix", kPrefix}, {"continue_final_message", kContinue}, {"pass", kPass}});
}
constexpr auto choices_of(Vision) {
  using enum Vision;
  return std::to_array<SwitchChoice<Vision>>({{"true", kYes}, {"false", kReplaceByText}, {"refuse", kRefuse}});
}
constexpr auto choices_of(PdfInput) {
  using enum PdfInput;
  return std::to_array<SwitchChoice<PdfInput>>({{"none", kNone}, {"file", kFile}});
}
constexpr auto choices_of(ToolMedia) {
  using enum ToolMedia;
  return std::to_array<SwitchChoice<ToolMedia>>({{"hoist", kHoist}, {"inline", kInline}, {"drop", kDrop}});
}
constexpr auto choices_of(ToolIdStyle) {
  using enum ToolIdStyle;
  return std::to_array<SwitchChoice<ToolIdStyle>>({{"keep", kKeep}, {"mistral9", kMistral9}});
}
constexpr auto choices_of(UnknownBlock) {
  using enum UnknownBlock;
  return std::to_array<SwitchChoice<UnknownBlock>>({{"reject", kReject}, {"drop", kDrop}});
}
constexpr auto choices_of(ServerToolHistory) {
  using enum ServerToolHistory;
  return std::to_array<SwitchChoice<ServerToolHistory>>({{"text", kText}, {"drop", kDrop}});
}
constexpr auto choices_of(Reasoning) {
  using enum Reasoning;
  return std::to_array<SwitchChoice<Reasoning>>({{"auto", kAuto}, {"true", kYes}, {"false", kNo}});
}
constexpr auto choices_of(ReasoningStyle) {
  using enum ReasoningStyle;
  return std::to_array<SwitchChoice<ReasoningStyle>>({{"effort", kEffort},
                                                      {"thinking", kThinking},
                                                      {"enable_thinking", kEnableThinking},
                                                      {"openrouter", kOpenRouter},
                                                      {"none", kNone}});
}
constexpr auto choices_of(ReasoningReplay) {
  using enum ReasoningReplay;
  return std::to_array<SwitchChoice<ReasoningReplay>>({{"none", kNone},
                                                       {"reasoning_content", kReasoningContent},
                                                       {"reasoning", kReasoning},
                                                       {"reasoning_details", kReasoningDetails},
                                                       {"think_tags", kThinkTags}});
}
constexpr auto choices_of(StructuredOutput) {
  using enum StructuredOutput;
  return std::to_array<SwitchChoice<StructuredOutput>>(
      {{"json_schema", kJsonSchema}, {"json_object", kJsonObject}, {"none", kNone}});
}
constexpr auto choices_of(WebSearch) {
  using enum WebSearch;
  return std::to_array<SwitchChoice<WebSearch>>(
      {{"none", kNone}, {"openai_options", kOpenAiOptions}, {"plugin", kPlugin}});
}
constexpr auto choices_of(CacheBreakpoints) {
  using enum CacheBreakpoints;
  return std::to_array<SwitchChoice<CacheBreakpoints>>({{"none", kNone}, {"openai", kOpenAi}, {"keep", kKeep}});
}
constexpr auto choices_of(ToolStream) {
  using enum ToolStream;
  return std::to_array<SwitchChoice<ToolStream>>({{"live", kLive}, {"buffered", kBuffered}});
}
constexpr auto choices_of(UserField) {
  using enum UserField;
  return std::to_array<SwitchChoice<UserField>>(
      {{"user", kUser}, {"safety_identifier", kSafetyIdentifier}, {"none", kNone}});
}
constexpr auto choices_of(ServiceTier) {
  using enum ServiceTier;
  return std::to_array<SwitchChoice<ServiceTier>>({{"drop", kDrop}, {"map", kMap}, {"priority", kPriority}});
}

// Calls visit(name, member) for every switch.
template <class Settings, class Visit>
void visit_switches(Settings&& settings, Visit&& visit) {
  visit("max_tokens_field", settings.max_tokens_field);
  visit("max_output_tokens", settings.max_output_tokens);
  visit("context_window", settings.context_window);
  visit("sampling", settings.sampling);
  visit("extras", settings.extras);
  visit("max_stop", settings.max_stop);
  visit("system_role", settings.system_role);
  visit("mid_system", settings.mid_system);
  visit("null_content", settings.null_content);
  visit("strict_alternation", settings.strict_alternation);
  visit("prefill", settings.prefill);
  visit("vision", settings.vision);
  visit("pdf", settings.pdf);
  visit("tool_media", settings.tool_media);
  visit("empty_tool_result", settings.empty_tool_result);
  visit("max_tools", settings.max_tools);
  visit("strict_tools", settings.strict_tools);
  visit("schema_clean", settings.schema_clean);
  visit("tool_description_required", settings.tool_description_required);
  visit("tool_id_style", settings.tool_id_style);
  visit("max_tool_id_length", settings.max_tool_id_length);
  visit("tool_choice_required", settings.tool_choice_required);
  visit("parallel_tool_calls", settings.parallel_tool_calls);
  visit("needs_tools_when_history", settings.needs_tools_when_history);
  visit("unknown_block", settings.unknown_block);
  visit("server_tool_history", settings.server_tool_history);
  visit("reasoning", settings.reasoning);
  visit("reasoning_style", settings.reasoning_style);
  visit("reasoning_levels", settings.reasoning_levels);
  visit("reasoning_replay", settings.reasoning_replay);
  visit("reasoning_extra", settings.reasoning_extra);
  visit("think_tags", settings.think_tags);
  visit("structured", settings.structured);
  visit("web_search", settings.web_search);
  visit("cache_breakpoints", settings.cache_breakpoints);
  visit("prompt_cache_key", settings.prompt_cache_key);
  visit("user_field", settings.user_field);
  visit("service_tier", settings.service_tier);
  visit("stream_usage", settings.stream_usage);
  visit("stream_obfuscation_off", settings.stream_obfuscation_off);
  visit("eof_is_done", settings.eof_is_done);
  visit("tool_stream", settings.tool_stream);
}

// A switch as text: one value, or any number for a list.
struct SwitchText {
  std::string name;
  std::vector<std::string> values;

  friend bool operator==(const SwitchText&, const SwitchText&) = default;
};

// Those that differ from the defaults, or from another basis.
[[nodiscard]] std::vector<SwitchText> switches_as_text(const ConversionSettings& settings,
                                                       const ConversionSettings& basis = ConversionSettings());
// Fails on a name or a value that is not known here.
[[nodiscard]] Result<ConversionSettings> switches_from_text(std::span<const SwitchText> switches);

}  // namespace balancer

// How one provider wants to be spoken to: the switches of protocol.md appendix A, resolved. The control plane's
// configuration reader fills them from the host's preset and the file; whoever reads them decides nothing by a host's
// name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace balancer {

// The field that carries the client's max_tokens.
enum class MaxTokensField { kMaxTokens, kMaxCompletionTokens, kNone };
// temperature and top_p; kAuto drops them for models known to refuse them.
enum class Sampling { kAuto, kKeep, kDrop };
enum class SystemRole { kSystem, kDeveloper };
// What becomes of a system message behind the first message.
enum class MidSystem { kInPlace, kUserReminder, kHoist };
// The "content" of an assistant message that has tool calls only.
enum class NullContent { kNull, kEmpty, kOmit };
// A conversation that ends with the assistant's own words.
enum class Prefill {
  kReject,
  // "prefix": true on the message (Mistral, DeepSeek).
  kPrefix,
  // "continue_final_message": true, "add_generation_prompt": false (vLLM).
  kContinue,
  kPass
};
enum class Vision { kYes, kReplaceByText, kRefuse };
enum class PdfInput { kNone, kFile };
// Images and PDFs inside tool results.
enum class ToolMedia { kHoist, kInline, kDrop };
enum class ToolIdStyle { kKeep, kMistral9 };
enum class UnknownBlock { kReject, kDrop };
enum class ServerToolHistory { kText, kDrop };
// Whether the model takes reasoning switches; kAuto knows a few families by name.
enum class Reasoning { kAuto, kYes, kNo };
enum class ReasoningStyle { kEffort, kThinking, kEnableThinking, kOpenRouter, kNone };
enum class ReasoningReplay { kNone, kReasoningContent, kReasoning, kReasoningDetails, kThinkTags };
enum class StructuredOutput { kJsonSchema, kJsonObject, kNone };
enum class WebSearch { kNone, kOpenAiOptions, kPlugin };
enum class CacheBreakpoints { kNone, kOpenAi, kKeep };
enum class ToolStream { kLive, kBuffered };
// Where the digest of metadata.user_id goes.
enum class UserField { kUser, kSafetyIdentifier, kNone };
enum class ServiceTier {
  kDrop,
  // "standard_only" becomes "default".
  kMap,
  // As kMap, and "speed": "fast" becomes "priority".
  kPriority
};

struct ConversionSettings {
  MaxTokensField max_tokens_field = MaxTokensField::kMaxTokens;
  // A larger max_tokens is lowered to this.
  std::optional<std::uint64_t> max_output_tokens;
  // Tokens; for the wording of an overflow whose numbers the provider did not tell.
  std::optional<std::uint64_t> context_window;
  Sampling sampling = Sampling::kAuto;
  // Request fields beyond OpenAI's that the provider takes, e.g. "top_k".
  std::vector<std::string> extras;
  // Stop sequences that the provider takes; the rest is cut.
  std::uint32_t max_stop = 4;
  SystemRole system_role = SystemRole::kSystem;
  MidSystem mid_system = MidSystem::kUserReminder;
  NullContent null_content = NullContent::kNull;
  // User messages in a row are joined.
  bool strict_alternation = true;
  Prefill prefill = Prefill::kReject;
  Vision vision = Vision::kYes;
  PdfInput pdf = PdfInput::kNone;
  ToolMedia tool_media = ToolMedia::kHoist;
  // The content of a tool result that has none.
  std::string empty_tool_result;
  // 0: no limit.
  std::uint32_t max_tools = 0;
  // "strict" may be sent for schemas that qualify.
  bool strict_tools = false;
  // Keys taken out of tool schemas, at any depth.
  std::vector<std::string> schema_clean;
  // A tool without a description gets an empty one.
  bool tool_description_required = false;
  ToolIdStyle tool_id_style = ToolIdStyle::kKeep;
  // Longer tool call ids are replaced by a digest; 0: no limit.
  std::uint32_t max_tool_id_length = 0;
  // tool_choice "required" exists; else "auto" stands for it.
  bool tool_choice_required = true;
  // The field parallel_tool_calls exists.
  bool parallel_tool_calls = true;
  // A history with tool calls needs a tool list.
  bool needs_tools_when_history = false;
  UnknownBlock unknown_block = UnknownBlock::kReject;
  ServerToolHistory server_tool_history = ServerToolHistory::kText;
  Reasoning reasoning = Reasoning::kAuto;
  ReasoningStyle reasoning_style = ReasoningStyle::kEffort;
  // Values of reasoning_effort that the models take, lowest first; empty: known by the model's name.
  std::vector<std::string> reasoning_levels;
  ReasoningReplay reasoning_replay = ReasoningReplay::kNone;
  // completion_tokens comes without the reasoning tokens.
  bool reasoning_extra = false;
  // Answers may begin with <think>...</think>.
  bool think_tags = false;
  StructuredOutput structured = StructuredOutput::kJsonSchema;
  WebSearch web_search = WebSearch::kNone;
  CacheBreakpoints cache_breakpoints = CacheBreakpoints::kNone;
  // A digest of the session is sent as prompt_cache_key.
  bool prompt_cache_key = false;
  UserField user_field = UserField::kUser;
  ServiceTier service_tier = ServiceTier::kDrop;
  // stream_options.include_usage is asked for.
  bool stream_usage = true;
  // stream_options.include_obfuscation is turned off.
  bool stream_obfuscation_off = false;
  // The end of the connection is a proper end of a stream.
  bool eof_is_done = false;
  ToolStream tool_stream = ToolStream::kLive;

  friend bool operator==(const ConversionSettings&, const ConversionSettings&) = default;
};

}  // namespace balancer

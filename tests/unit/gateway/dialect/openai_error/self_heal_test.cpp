#include "gateway/dialect/openai_error/self_heal.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/gateway/dialect/openai_error/overflow_texts.hpp"

namespace balancer::gateway {
namespace {

ProviderError refusal(std::string_view message, std::string_view param = {}, std::string_view code = {}) {
  ProviderError error;
  error.message = message;
  error.param = param;
  error.code = code;
  return error;
}

// The settings after each of the texts, one by one: all come to the same.
void expect_healed(const std::vector<ProviderError>& errors, const ConversionSettings& from,
                   const ConversionSettings& to) {
  for (const ProviderError& error : errors) {
    const std::optional<ConversionSettings> healed = heal(error, from);
    ASSERT_TRUE(healed) << error.message;
    EXPECT_EQ(*healed, to) << error.message;
    EXPECT_FALSE(heal(error, to)) << "healed twice: " << error.message;
  }
}

TEST(SelfHealTest, MaxTokensIsRenamed) {
  ConversionSettings renamed;
  renamed.max_tokens_field = MaxTokensField::kMaxCompletionTokens;

  expect_healed(
      {refusal("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
               "instead.", "max_tokens", "unsupported_parameter"),
       refusal("max_tokens is deprecated in favor of max_completion_tokens"),
       refusal("UNSUPPORTED PARAMETER: 'MAX_TOKENS'", "max_tokens")},
      {}, renamed);
}

TEST(SelfHealTest, MaxCompletionTokensIsRenamedBack) {
  ConversionSettings settings;
  settings.max_tokens_field = MaxTokensField::kMaxCompletionTokens;

  expect_healed({refusal("Unrecognized request argument supplied: max_completion_tokens"),
                 refusal("body.max_completion_tokens: Extra inputs are not permitted"),
                 refusal("'max_completion_tokens' is not supported, use 'max_tokens' instead")},
                settings, {});
}

TEST(SelfHealTest, MaxTokensIsLoweredToWhatTheModelAllows) {
  ConversionSettings lowered;
  lowered.max_output_tokens = 8192;

  expect_healed(
      {refusal("max_tokens is too large: 64000. This model supports at most 8192 completion tokens, whereas you "
               "provided 64000.", "max_tokens", "invalid_value"),
       refusal("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]"),
       refusal("<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 8192]"),
       refusal("`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the "
               "`context_window` for this model"),
       refusal("max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens for claude-3"),
       refusal("max_tokens (384000) exceeds model's maximum output tokens (8192)"),
       refusal("Unable to submit request because it has a maxOutputTokens value of 64000 but the supported range is "
               "from 1 (inclusive) to 8193 (exclusive). Update the value and try again.")},
      {}, lowered);
}

TEST(SelfHealTest, MaxTokensIsNeverRaised) {
  ConversionSettings settings;
  settings.max_output_tokens = 4096;

  EXPECT_FALSE(heal(refusal("max_tokens is too large: 64000. This model supports at most 16384 completion tokens"),
                    settings));
  EXPECT_FALSE(heal(refusal("max_tokens is too large: 5. This model supports at most 0 completion tokens"), {}));
  EXPECT_FALSE(heal(refusal("max_tokens is too large: 5. At most 99999999999999999999999 tokens"), {}));
}

TEST(SelfHealTest, SamplingIsDropped) {
  ConversionSettings dropped;
  dropped.sampling = Sampling::kDrop;

  expect_healed(
      {refusal("Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is "
               "supported.", "temperature", "unsupported_value"),
       refusal("Unsupported parameter: 'top_p' is not supported with this model.", "top_p"),
       refusal("invalid temperature: only 1 is allowed for this model"),
       refusal("`temperature` and `top_p` cannot both be specified for this model. Please use only one."),
       refusal("temperature is deprecated for this model")},
      {}, dropped);
}

TEST(SelfHealTest, StopSequencesAreDropped) {
  ConversionSettings dropped;
  dropped.max_stop = 0;

  expect_healed({refusal("Unsupported parameter: 'stop' is not supported with this model.", "stop"),
                 refusal("Argument not supported on this model: stop"),
                 refusal("Unrecognized request argument supplied: stop"),
                 refusal("body.stop: Extra inputs are not permitted"),
                 refusal("This model does not support stop sequences.")},
                {}, dropped);
}

TEST(SelfHealTest, StopSequencesAreCutToTheNumberAllowed) {
  ConversionSettings cut;
  cut.max_stop = 2;

  expect_healed({refusal("Invalid 'stop': array too long. Expected an array with maximum length 2, but got an array "
                         "with length 4 instead.", "stop", "array_above_max_length")},
                {}, cut);
}

TEST(SelfHealTest, StreamOptionsAreDropped) {
  ConversionSettings settings;
  settings.stream_obfuscation_off = true;
  ConversionSettings dropped;
  dropped.stream_usage = false;

  expect_healed({refusal("Unrecognized request argument supplied: stream_options"),
                 refusal("body.stream_options: Extra inputs are not permitted"),
                 refusal("[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'Extra inputs are not "
                         "permitted', 'input': {'include_usage': True, 'include_obfuscation': False}}]"),
                 refusal("Unknown parameter: 'stream_options'.", "stream_options", "unknown_parameter")},
                settings, dropped);
}

TEST(SelfHealTest, ObfuscationAloneIsDroppedWhenItAloneIsRefused) {
  ConversionSettings settings;
  settings.stream_obfuscation_off = true;

  expect_healed({refusal("Unknown parameter: 'stream_options.include_obfuscation'.",
                         "stream_options.include_obfuscation", "unknown_parameter")},
                settings, {});
}

TEST(SelfHealTest, ParallelToolCallsAreDropped) {
  ConversionSettings dropped;
  dropped.parallel_tool_calls = false;

  expect_healed({refusal("Unsupported parameter: 'parallel_tool_calls' is not supported with this model."),
                 refusal("Unknown name \"parallel_tool_calls\": Cannot find field."),
                 refusal("property 'parallel_tool_calls' is unsupported")},
                {}, dropped);
}

TEST(SelfHealTest, ReasoningEffortIsClampedToTheLevelsNamed) {
  ConversionSettings clamped;
  clamped.reasoning_levels = {"low", "medium", "high"};

  for (const ProviderError& error :
       {refusal("Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values "
                "are: 'low', 'medium', and 'high'.", "reasoning_effort", "unsupported_value"),
        refusal("Invalid value: 'xhigh'. Supported values are: 'low', 'medium', and 'high'.", "reasoning_effort"),
        refusal("`reasoning_effort` must be one of `low`, `medium`, or `high`"),
        refusal("reasoning_effort must be one of low, high, medium"),
        refusal("[{'type': 'literal_error', 'loc': ('body', 'reasoning_effort'), 'msg': \"Input should be 'low', "
                "'medium' or 'high'\", 'input': 'max'}]")}) {
    const auto healed = heal(error, {});
    ASSERT_TRUE(healed) << error.message;
    EXPECT_EQ(*healed, clamped) << error.message;
  }
}

TEST(SelfHealTest, LevelsAreKeptLowestFirst) {
  const auto healed = heal(refusal("Unsupported value: 'reasoning_effort' does not support 'max' with this model. "
                                   "Supported values are: 'xhigh', 'none', 'high', 'low', and 'medium'."), {});

  ASSERT_TRUE(healed);
  EXPECT_EQ(healed->reasoning_levels, (std::vector<std::string>{"none", "low", "medium", "high", "xhigh"}));
}

TEST(SelfHealTest, ReasoningEffortIsDroppedWhenNoLevelHelps) {
  ConversionSettings dropped;
  dropped.reasoning = Reasoning::kNo;

  expect_healed({refusal("Unrecognized request argument supplied: reasoning_effort"),
                 refusal("Unsupported value: 'reasoning_effort' does not support 'none' with this model."),
                 refusal("Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions."),
                 refusal("reasoning_effort is not supported with this model", "reasoning_effort")},
                {}, dropped);

  ConversionSettings clamped;
  clamped.reasoning_levels = {"low"};
  dropped.reasoning_levels = {"low"};
  expect_healed({refusal("'reasoning_effort' is unsupported. Supported values are: 'low'")}, clamped, dropped);
}

TEST(SelfHealTest, ReasoningIsReplayedWhereItMustBe) {
  ConversionSettings replayed;
  replayed.reasoning_replay = ReasoningReplay::kReasoningContent;

  expect_healed({refusal("The `reasoning_content` in the thinking mode must be passed back to the API."),
                 refusal("thinking is enabled but reasoning_content is missing in assistant tool call message at "
                         "index 2")},
                {}, replayed);
}

TEST(SelfHealTest, StructuredOutputGoesDownStepByStep) {
  ConversionSettings object;
  object.structured = StructuredOutput::kJsonObject;
  ConversionSettings none;
  none.structured = StructuredOutput::kNone;
  const ProviderError error =
      refusal("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.");

  EXPECT_EQ(heal(error, {}), object);
  EXPECT_EQ(heal(error, object), none);
  EXPECT_EQ(heal(error, none), std::nullopt);
  EXPECT_EQ(heal(refusal("This response_format type is unavailable now"), {}), object);
  EXPECT_EQ(heal(refusal("This model does not support response format `json_schema`."), {}), object);
}

TEST(SelfHealTest, StructuredOutputIsDroppedWhereTheFieldIsUnknown) {
  ConversionSettings none;
  none.structured = StructuredOutput::kNone;

  expect_healed({refusal("Unrecognized request argument supplied: response_format"),
                 refusal("body.response_format: Extra inputs are not permitted")},
                {}, none);
}

TEST(SelfHealTest, DeveloperRoleBecomesSystem) {
  ConversionSettings settings;
  settings.system_role = SystemRole::kDeveloper;

  expect_healed({refusal("Invalid value: 'developer'. Supported values are: 'system', 'assistant', 'user', "
                         "'function', and 'tool'.", "messages[0].role", "invalid_value"),
                 refusal("messages[0].role: unknown variant `developer`, expected one of `system`, `user`"),
                 refusal("body.messages.0.role: Input should be 'system', 'user', 'assistant' or 'tool'"),
                 refusal("Unexpected role 'developer' after role 'user'"),
                 refusal("developer role is not supported")},
                settings, {});
}

TEST(SelfHealTest, SeveralFieldsAreHealedAtOnce) {
  ConversionSettings both;
  both.stream_usage = false;
  both.parallel_tool_calls = false;

  expect_healed({refusal("body.stream_options: Extra inputs are not permitted; body.parallel_tool_calls: Extra inputs "
                         "are not permitted")},
                {}, both);
}

TEST(SelfHealTest, FieldInTheParamIsEnough) {
  ConversionSettings dropped;
  dropped.sampling = Sampling::kDrop;

  expect_healed({refusal("Not supported with this model.", "temperature"),
                 refusal("", "temperature", "unsupported_parameter")}, {}, dropped);
}

TEST(SelfHealTest, ClientsOwnMistakesChangeNothing) {
  for (const ProviderError& error :
       {refusal("Invalid 'temperature': decimal above maximum value. Expected a value <= 1, but got 1.7 instead.",
                "temperature", "decimal_above_max_value"),
        refusal("Invalid schema for response_format 'output': In context=(), 'allOf' is not permitted.",
                "response_format"),
        refusal("Invalid 'messages[3].content': string too long.", "messages[3].content", "string_above_max_length"),
        refusal("An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                "'tool_call_id'."),
        refusal("Invalid 'tools[0].function.name': string does not match pattern.", "tools[0].function.name"),
        refusal("The model `gpt-x` does not exist", "", "model_not_found"),
        refusal("Unknown parameter: 'frobnicate'.", "frobnicate", "unknown_parameter"), refusal(""),
        refusal("unsupported")}) {
    EXPECT_FALSE(heal(error, {})) << error.message;
  }
}

TEST(SelfHealTest, OverflowingConversationChangesNothing) {
  for (const OverflowText& overflow : overflow_texts()) {
    EXPECT_FALSE(heal(refusal(overflow.text, "messages", "context_length_exceeded"), {})) << overflow.provider;
  }
}

TEST(SelfHealTest, HostileTextsAreReadInBoundedTime) {
  std::string text;
  while (text.size() < 200'000) text += "max_tokens temperature 'stop' reasoning_effort response_format ";

  EXPECT_FALSE(heal(refusal(text), {}));
  EXPECT_FALSE(heal(refusal(std::string(100'000, '\xff')), {}));
}

}  // namespace
}  // namespace balancer::gateway

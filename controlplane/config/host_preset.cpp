#include "controlplane/config/host_preset.hpp"

#include <array>
#include <string_view>

namespace balancer::controlplane {
namespace {

constexpr std::uint16_t kOllamaPort = 11434;
constexpr std::uint16_t kVllmPort = 8000;

// What protocol.md sections 2.2 to 2.6 and 4.4 say of OpenAI itself; compatible servers may lack any of it.
void preset_openai(HostPreset& preset) {
  ConversionSettings& s = preset.settings;
  s.max_tokens_field = MaxTokensField::kMaxCompletionTokens;
  s.mid_system = MidSystem::kInPlace;
  s.strict_alternation = false;
  s.pdf = PdfInput::kFile;
  s.max_tools = 128;
  s.strict_tools = true;
  s.max_tool_id_length = 40;
  s.prompt_cache_key = true;
  s.user_field = UserField::kSafetyIdentifier;
  s.service_tier = ServiceTier::kMap;
  s.stream_obfuscation_off = true;
}

// The same models and so their limits; which of the other fields exist depends on the version of its API.
void preset_azure(HostPreset& preset) {
  ConversionSettings& s = preset.settings;
  s.max_tokens_field = MaxTokensField::kMaxCompletionTokens;
  s.mid_system = MidSystem::kInPlace;
  s.max_tools = 128;
  s.strict_tools = true;
  s.max_tool_id_length = 40;
}

// It hands Anthropic's cache_control and top_k on to the models that know them, and has reasoning fields of its own.
void preset_openrouter(HostPreset& preset) {
  ConversionSettings& s = preset.settings;
  s.extras = {"top_k"};
  s.pdf = PdfInput::kFile;
  s.reasoning_style = ReasoningStyle::kOpenRouter;
  s.cache_breakpoints = CacheBreakpoints::kKeep;
}

// It answers 400 to tool turns whose reasoning is not given back; its models see no images.
void preset_deepseek(HostPreset& preset) {
  ConversionSettings& s = preset.settings;
  s.vision = Vision::kReplaceByText;
  s.reasoning_style = ReasoningStyle::kThinking;
  s.reasoning_replay = ReasoningReplay::kReasoningContent;
}

// It answers 422 to every field that it does not know.
void preset_mistral(HostPreset& preset) {
  ConversionSettings& s = preset.settings;
  s.tool_id_style = ToolIdStyle::kMistral9;
  s.reasoning_style = ReasoningStyle::kNone;
  s.user_field = UserField::kNone;
}

// Kimi thinks as DeepSeek does.
void preset_moonshot(HostPreset& preset) {
  ConversionSettings& s = preset.settings;
  s.reasoning_style = ReasoningStyle::kThinking;
  s.reasoning_replay = ReasoningReplay::kReasoningContent;
}

// It answers 400 to fields and schema keys that it does not know.
void preset_gemini(HostPreset& preset) {
  ConversionSettings& s = preset.settings;
  s.schema_clean = usual_schema_clean();
  s.parallel_tool_calls = false;
  s.user_field = UserField::kNone;
}

// It goes on with the assistant's last words without being told.
void preset_ollama(HostPreset& preset) {
  preset.settings.extras = {"top_k"};
  preset.native_prefill = Prefill::kPass;
}

// The model's chat template turns thinking on and off, so the switch travels as an argument of the template.
void preset_vllm(HostPreset& preset) {
  ConversionSettings& s = preset.settings;
  s.extras = {"top_k", "chat_template_kwargs"};
  s.reasoning_style = ReasoningStyle::kEnableThinking;
  preset.native_prefill = Prefill::kContinue;
}

struct KnownHost {
  // A host's whole name, or its end when it begins with a dot.
  std::string_view host;
  void (*apply)(HostPreset&);
};

constexpr auto kHosts = std::to_array<KnownHost>({
    {"api.openai.com", preset_openai},
    {".openai.azure.com", preset_azure},
    {"openrouter.ai", preset_openrouter},
    {"api.deepseek.com", preset_deepseek},
    {"api.mistral.ai", preset_mistral},
    {"api.moonshot.ai", preset_moonshot},
    {"api.moonshot.cn", preset_moonshot},
    {"generativelanguage.googleapis.com", preset_gemini},
});

}  // namespace

const std::vector<std::string>& usual_schema_clean() {
  static const std::vector<std::string> kKeys{"$schema", "additionalProperties", "exclusiveMinimum", "exclusiveMaximum",
                                              "const",   "$ref",                 "propertyNames",    "patternProperties"};
  return kKeys;
}

HostPreset host_preset(const ProviderUrl& url) {
  HostPreset preset;
  for (const KnownHost& known : kHosts) {
    const bool matches = known.host.starts_with('.') ? url.host.ends_with(known.host) : url.host == known.host;
    if (!matches) continue;
    known.apply(preset);
    return preset;
  }
  // These run on machines of any name.
  if (url.port == kOllamaPort) preset_ollama(preset);
  if (url.port == kVllmPort) preset_vllm(preset);
  return preset;
}

}  // namespace balancer::controlplane

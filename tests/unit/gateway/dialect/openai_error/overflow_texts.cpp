#include "tests/unit/gateway/dialect/openai_error/overflow_texts.hpp"

namespace balancer::gateway {
namespace {

constexpr std::nullopt_t kNone = std::nullopt;

constexpr OverflowText kTexts[] = {
    {"OpenAI",
     "This model's maximum context length is 131072 tokens. However, you requested 140000 tokens (120000 in the "
     "messages, 20000 in the completion). Please reduce the length of the messages or completion.",
     {131072, 120000, 20000}},
    {"OpenAI, functions",
     "This model's maximum context length is 8192 tokens. However, you requested 9050 tokens (8000 in the messages, 50 "
     "in the functions, and 1000 in the completion). Please reduce the length of the messages, functions, or "
     "completion.",
     {8192, 8050, 1000}},
    {"OpenAI, messages alone",
     "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens (8900 in the "
     "messages, 100 in the functions). Please reduce the length of the messages.",
     {8192, 9000, kNone}},
    {"OpenAI, no numbers",
     "Your input exceeds the context window of this model. Please adjust your input and try again.",
     {kNone, kNone, kNone}},
    {"Azure",
     "This model's maximum context length is 16385 tokens, however you requested 16490 tokens (12394 in your prompt; "
     "4096 for the completion). Please reduce your prompt; or completion length.",
     {16385, 12394, 4096}},
    {"vLLM",
     "This model's maximum context length is 32768 tokens. However, your request has 40000 input tokens. Please reduce "
     "the length of the input messages.",
     {32768, 40000, kNone}},
    {"vLLM, max_tokens",
     "'max_tokens' or 'max_completion_tokens' is too large: 20000. This model's maximum context length is 32768 tokens "
     "and your request has 15000 input tokens (20000 > 32768 - 15000).",
     {32768, 15000, 20000}},
    {"vLLM, both",
     "This model's maximum context length is 131072 tokens. However, you requested 8192 output tokens and your prompt "
     "contains at least 122881 input tokens, for a total of at least 131073 tokens. Please reduce the length of the "
     "input prompt or the number of requested output tokens.",
     {131072, 122881, 8192}},
    {"vLLM, engine",
     "You passed 32769 input tokens and requested 1 output tokens. However, the model's context length is only 32768 "
     "tokens, resulting in a maximum input length of 32767 tokens. Please reduce the length of the input prompt. "
     "(parameter=input_tokens, value=32769)",
     {32768, 32769, 1}},
    {"vLLM, decoder",
     "The decoder prompt (length 40000) is longer than the maximum model length of 32768. Make sure that "
     "`max_model_len` is no smaller than the number of text tokens.",
     {32768, 40000, kNone}},
    {"SGLang", "The input (40000 tokens) is longer than the model's context length (32768 tokens).",
     {32768, 40000, kNone}},
    {"SGLang, both",
     "Requested token count exceeds the model's maximum context length of 32768 tokens. You requested a total of 40000 "
     "tokens: 32000 tokens from the input messages and 8000 tokens for the completion. Please reduce the number of "
     "tokens in the input messages or the completion to fit within the limit.",
     {32768, 32000, 8000}},
    {"Anthropic", "prompt is too long: 210000 tokens > 200000 maximum", {200000, 210000, kNone}},
    {"Anthropic, both",
     "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length or "
     "`max_tokens` and try again",
     {200000, 190000, 32000}},
    {"DeepSeek",
     "This model's maximum context length is 65536 tokens. However, you requested 70000 tokens (66000 in the messages, "
     "4000 in the completion). Please reduce the length of the messages or completion.",
     {65536, 66000, 4000}},
    {"OpenRouter",
     "This endpoint's maximum context length is 131072 tokens. However, you requested about 140000 tokens (100000 of "
     "text input, 30000 of tool input, 10000 in the output). Please reduce the length of either one, or use the "
     "\"middle-out\" transform to compress your prompt automatically.",
     {131072, 130000, 10000}},
    {"Together",
     "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 7500 `inputs` tokens and 1000 "
     "`max_new_tokens`",
     {8193, 7500, 1000}},
    {"Mistral",
     "Prompt contains 65673 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
     {32768, 65673, kNone}},
    {"Groq", "Please reduce the length of the messages or completion.", {kNone, kNone, kNone}},
    {"Cerebras", "Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192",
     {8192, 9000, kNone}},
    {"Gemini", "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
     {1048576, 1200000, kNone}},
    {"Gemini, limit alone", "The input token count exceeds the maximum number of tokens allowed 1048576.",
     {1048576, kNone, kNone}},
    {"llama.cpp", "request (9000 tokens) exceeds the available context size (8192 tokens), try increasing it",
     {8192, 9000, kNone}},
    {"llama.cpp, older", "the request exceeds the available context size. try increasing the context size or enable "
     "context shift", {kNone, kNone, kNone}},
    {"LM Studio",
     "Trying to keep the first 12000 tokens when context the overflows. However, the model is loaded with context "
     "length of only 4096 tokens, which is not enough. Try to load the model with a larger context length, or provide "
     "a shorter input",
     {4096, 12000, kNone}},
    {"Kimi", "Invalid request: Your request exceeded model token limit: 131072 (requested: 140000)",
     {131072, 140000, kNone}},
    {"xAI", "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
     {131072, 537812, kNone}},
    {"Fireworks", "The prompt is too long: 140000, model maximum context length: 131072", {131072, 140000, kNone}},
    {"DashScope", "Range of input length should be [1, 129024]", {129024, kNone, kNone}},
    // The number is the provider's error code.
    {"MiniMax", "invalid params, context window exceeds limit (2013)", {kNone, kNone, kNone}},
    // The number is neither.
    {"Ollama", "prompt too long; exceeded max context length by 4 tokens", {kNone, kNone, kNone}},
    {"Bedrock", "Input is too long for requested model.", {kNone, kNone, kNone}},
    {"thousands", "maximum context length is 128,000 tokens, but the request contains 130,500 tokens",
     {128000, 130500, kNone}},
};

}  // namespace

std::span<const OverflowText> overflow_texts() { return kTexts; }

}  // namespace balancer::gateway

// The parts of an Anthropic answer in the order of protocol.md 4.1, for whoever writes them down: as events of a stream,
// or as one message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace balancer::gateway {

struct AnthropicUsage {
  std::int64_t input_tokens = 0;
  std::int64_t cache_creation_input_tokens = 0;
  std::int64_t cache_read_input_tokens = 0;
  std::int64_t output_tokens = 0;
  // Of the output, what was thinking; absent when the provider did not say.
  std::optional<std::int64_t> thinking_tokens{};

  friend bool operator==(const AnthropicUsage&, const AnthropicUsage&) = default;
};

struct AnthropicEnding {
  std::string_view stop_reason;
  // Raw text; only for stop_reason "stop_sequence".
  std::optional<std::string> stop_sequence;
  // Raw text; only for stop_reason "refusal".
  std::optional<std::string> refusal_explanation;
  AnthropicUsage usage;
};

// Called in the grammar's order: start, blocks one after the other, then finish or fail, once. Texts are raw text
// (json_text.hpp) unless said otherwise, and only read during the call.
class AnthropicEvents {
 public:
  virtual ~AnthropicEvents() = default;

  // `usage` is a first guess.
  virtual void start(const AnthropicUsage& usage) = 0;
  virtual void begin_text() = 0;
  virtual void text(std::string_view raw) = 0;
  virtual void begin_thinking() = 0;
  virtual void thinking(std::string_view raw) = 0;
  virtual void signature(std::string_view raw) = 0;
  // Not escaped yet.
  virtual void begin_tool_use(std::string_view id, std::string_view name) = 0;
  // A piece of the input's JSON text, as it is (not escaped); the pieces join to the whole.
  virtual void tool_input(std::string_view json) = 0;
  virtual void end_block() = 0;
  virtual void finish(const AnthropicEnding& ending) = 0;
};

}  // namespace balancer::gateway

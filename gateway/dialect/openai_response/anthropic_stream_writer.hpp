// Writes an answer as Anthropic server-sent events (protocol.md 4.1).
#pragma once

#include <string>

#include "gateway/dialect/openai_response/anthropic_events.hpp"

namespace balancer::gateway {

class AnthropicStreamWriter : public AnthropicEvents {
 public:
  explicit AnthropicStreamWriter(std::string_view model);

  void start(const AnthropicUsage& usage) override;
  void begin_text() override;
  void text(std::string_view raw) override;
  void begin_thinking() override;
  void thinking(std::string_view raw) override;
  void signature(std::string_view raw) override;
  void begin_tool_use(std::string_view id, std::string_view name) override;
  void tool_input(std::string_view json) override;
  void end_block() override;
  void finish(const AnthropicEnding& ending) override;

  // Whole events that nobody took yet. Whoever sends them clears it.
  [[nodiscard]] std::string& output() { return output_; }

 private:
  void begin_block();
  void begin_delta(std::string_view type_and_key);

  const std::string raw_model_;
  std::string output_;
  // Of the open block, or of the one to come.
  unsigned index_ = 0;
};

}  // namespace balancer::gateway

// Writes an answer as one Anthropic message (protocol.md 3.1).
#pragma once

#include <string>

#include "gateway/dialect/openai_response/anthropic_events.hpp"

namespace balancer::gateway {

class AnthropicMessageWriter : public AnthropicEvents {
 public:
  explicit AnthropicMessageWriter(std::string_view model);

  void start(const AnthropicUsage& usage) override;
  void begin_text() override;
  void text(std::string_view raw) override;
  void begin_thinking() override;
  void thinking(std::string_view raw) override;
  void signature(std::string_view raw) override;
  void begin_tool_use(std::string_view id, std::string_view name) override;
  // Joined, the pieces must be valid JSON.
  void tool_input(std::string_view json) override;
  void end_block() override;
  void finish(const AnthropicEnding& ending) override;

  // The whole message; valid after finish().
  [[nodiscard]] const std::string& message() const { return message_; }

 private:
  void begin_block(std::string_view begin, std::string_view end);

  const std::string raw_model_;
  std::string message_;
  std::string signature_;
  // What ends the open block.
  std::string_view block_end_;
  bool has_blocks_ = false;
};

}  // namespace balancer::gateway

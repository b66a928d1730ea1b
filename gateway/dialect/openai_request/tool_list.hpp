// The tools that a request offers (protocol.md 2.6), sorted into what the provider can be given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/dialect/openai_request/conversion.hpp"
#include "gateway/dialect/openai_request/json_path.hpp"
#include "gateway/dialect/openai_request/messages_fields.hpp"

namespace balancer::gateway {

class ToolList {
 public:
  // Reads "tools", what system messages in the middle of the conversation add and take away, and "tool_choice".
  // Hints that are dropped go to `dropped`.
  static ConversionResult<ToolList> read(const MessagesFields& fields, const ConversionTarget& target,
                                         std::vector<std::string>& dropped);

  [[nodiscard]] const ToolNames& names() const { return names_; }
  // As the provider knows them.
  [[nodiscard]] std::vector<std::string> provider_names() const;
  [[nodiscard]] bool empty() const { return tools_.empty(); }

  // Appends the members "tools", "tool_choice" and "parallel_tool_calls", and what a web search needs, each behind a
  // comma; nothing when no tool is offered. `history_has_calls`: the conversation has tool calls.
  void append(std::string& out, bool history_has_calls) const;

 private:
  struct Tool {
    std::string name;
    JsonValue definition;
    // Of Anthropic's own tools: the function that stands for it.
    std::string_view known_function;
    bool deferred = false;
  };
  explicit ToolList(const ConversionTarget& target);

  ConversionResult<void> add(JsonValue tool, const JsonPath& path, const ConversionTarget& target,
                             std::vector<std::string>& dropped);
  ConversionResult<void> apply_changes(JsonValue messages, const ConversionTarget& target,
                                       std::vector<std::string>& dropped);
  ConversionResult<void> check(const ConversionTarget& target, std::vector<std::string>& dropped);
  void append_tool(std::string& out, const Tool& tool) const;
  void append_choice(std::string& out) const;
  [[nodiscard]] bool offers(std::string_view name) const;

  const ConversionSettings* settings_;
  // The provider and the model know parallel_tool_calls.
  bool takes_parallel_switch_;
  std::vector<Tool> tools_;
  ToolNames names_;
  JsonValue choice_;
  // Tools that only Anthropic's servers run, e.g. "web_search".
  std::vector<std::string> left_out_;
  bool web_search_ = false;
};

}  // namespace balancer::gateway

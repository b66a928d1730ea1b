// What the Anthropic and the OpenAI dialect have in common in a request's body.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "common/error/error.hpp"
#include "deploy/demo_provider/demo_request.hpp"

namespace balancer::demo {

// kInvalidRequest unless it is an object with a model and at least one message.
[[nodiscard]] Result<nlohmann::json> parse_request(std::string_view body);

// A member of an object; null when there is none, or no object.
[[nodiscard]] const nlohmann::json& member(const nlohmann::json& object, const char* name);

// The value of a member that is a string, else empty. Lives as long as `object`.
[[nodiscard]] std::string_view text_member(const nlohmann::json& object, const char* name);

// A content, which is a string or a list of blocks: its first text; empty when there is none.
[[nodiscard]] std::string first_text(const nlohmann::json& content);

// The result of a tool that a message carries, the last if there are several.
using ToolResultReader = std::optional<std::string> (*)(const nlohmann::json& message);

// `messages` is a list.
[[nodiscard]] LastTurn read_last_turn(const nlohmann::json& messages, ToolResultReader tool_result_of);

}  // namespace balancer::demo

// The answers of an OpenAI-compatible provider (Chat Completions), in the words that a test's promise uses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/fakes/scripted_response.hpp"

namespace balancer::fakes {

// 200, application/json: a completion with this text, 12 prompt and 5 completion tokens.
[[nodiscard]] ScriptedResponse chat_completion(std::string_view text);
// The same head around any document.
[[nodiscard]] ScriptedResponse chat_document(std::string document);
// 200, text/event-stream, chunked; a part is one chunk: 0 the role, then a delta for each text, the end, usage, [DONE].
[[nodiscard]] ScriptedResponse chat_stream(const std::vector<std::string>& texts);
// The same head around any events, one part each.
[[nodiscard]] ScriptedResponse chat_events(const std::vector<std::string>& events);
// One event: a chunk with this delta.
[[nodiscard]] std::string chat_chunk(std::string_view delta, std::string_view finish_reason = "");

// OpenAI's error envelope.
[[nodiscard]] ScriptedResponse chat_error(int status, std::string_view message, std::string_view code,
                                          std::string_view param = "");

}  // namespace balancer::fakes

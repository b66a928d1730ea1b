// The answers and misdeeds of an Anthropic provider, in the words that a test's promise uses.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fakes/scripted_response.hpp"

namespace balancer::fakes {

// 200, application/json, Content-Length, one text block.
[[nodiscard]] ScriptedResponse json_message(std::string_view text);
// 200, text/event-stream, chunked: message_start, one text block with a delta for each text, message_delta with usage,
// message_stop. Parts are events: 0 message_start, 1 content_block_start, 2... the deltas.
[[nodiscard]] ScriptedResponse sse_stream(const std::vector<std::string>& texts);
// The same head around any bytes, one part each.
[[nodiscard]] ScriptedResponse sse_bytes(const std::vector<std::string>& parts);
// The events of sse_stream(), for comparing bytes.
[[nodiscard]] std::vector<std::string> message_events(const std::vector<std::string>& texts);

// The Anthropic error envelope.
[[nodiscard]] ScriptedResponse error_answer(int status, std::string_view type, std::string_view message);
[[nodiscard]] ScriptedResponse rate_limited(std::chrono::seconds retry_after);
[[nodiscard]] ScriptedResponse overloaded();
[[nodiscard]] ScriptedResponse server_error(int status = 500);
[[nodiscard]] ScriptedResponse html_200();

// A 200 stream whose first event is an error.
[[nodiscard]] ScriptedResponse sse_error_first(std::string_view type);
// A proper beginning with these texts, then an error event in place of the end.
[[nodiscard]] ScriptedResponse sse_error_after(const std::vector<std::string>& texts, std::string_view type);

[[nodiscard]] ScriptedResponse reset_before_headers();
// Reads the request and closes without a word, as a server does with an idle connection.
[[nodiscard]] ScriptedResponse close_before_headers();
// Plays the script up to so many body bytes, then RST.
[[nodiscard]] ScriptedResponse reset_after(std::size_t body_bytes, ScriptedResponse script);
// Plays so many events of a stream, then RST.
[[nodiscard]] ScriptedResponse reset_after_events(std::size_t events, ScriptedResponse stream);
[[nodiscard]] ScriptedResponse hang();
[[nodiscard]] ScriptedResponse hang_after_headers();
// Plays so many events of a stream, then falls silent.
[[nodiscard]] ScriptedResponse hang_after_events(std::size_t events, ScriptedResponse stream);
// These bytes instead of HTTP; the connection stays open.
[[nodiscard]] ScriptedResponse raw_answer(std::string bytes);

}  // namespace balancer::fakes

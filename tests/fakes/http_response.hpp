// An answer as the test client received it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/fakes/header_fields.hpp"

namespace balancer::fakes {

struct SseEvent {
  std::string name;
  std::string data;
  friend bool operator==(const SseEvent&, const SseEvent&) = default;
};

// Comments are left out; data lines are joined with '\n'. An event that the end of the text cuts off is left out too.
[[nodiscard]] std::vector<SseEvent> parse_sse(const std::string& text);

struct HttpResponse {
  // 0 when the connection ended before a status line.
  int status = 0;
  std::string reason;
  HeaderFields headers;
  // De-chunked; as much as arrived.
  std::string body;
  // Every byte, framing included.
  std::string raw;
  // False when the connection ended before the framing said so.
  bool complete = false;

  // Throws nlohmann::json::parse_error when the body is no JSON.
  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(body); }
  // `error.type` of an error body in either dialect; empty when there is none.
  [[nodiscard]] std::string error_type() const;
  [[nodiscard]] std::vector<SseEvent> events() const { return parse_sse(body); }
  [[nodiscard]] std::vector<std::string> event_names() const;
  // All text_delta texts of an Anthropic stream, joined.
  [[nodiscard]] std::string streamed_text() const;
};

}  // namespace balancer::fakes

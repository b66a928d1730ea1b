#include "tests/fakes/provider_answers.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace balancer::fakes {
namespace {

// Providers' keys come in their own order, which byte-faithful tests must see kept.
using Json = nlohmann::ordered_json;

constexpr int kInputTokens = 25;
constexpr std::string_view kModel = "claude-test";

Json usage(std::size_t output_tokens) {
  return {{"input_tokens", kInputTokens},
          {"cache_creation_input_tokens", 0},
          {"cache_read_input_tokens", 0},
          {"output_tokens", output_tokens}};
}

Json message(Json content, Json stop_reason, std::size_t output_tokens) {
  return {{"id", "msg_01Fake"},      {"type", "message"},           {"role", "assistant"},
          {"model", kModel},         {"content", std::move(content)}, {"stop_reason", std::move(stop_reason)},
          {"stop_sequence", nullptr}, {"usage", usage(output_tokens)}};
}

Json error_body(std::string_view type, std::string_view text) {
  return {{"type", "error"}, {"error", {{"type", type}, {"message", text}}}, {"request_id", "req_01Fake"}};
}

std::string event(const Json& data) {
  return "event: " + data.at("type").get<std::string>() + "\ndata: " + data.dump() + "\n\n";
}

std::vector<std::string> opening_events(const std::vector<std::string>& texts) {
  std::vector<std::string> events;
  events.push_back(event({{"type", "message_start"}, {"message", message(Json::array(), nullptr, 1)}}));
  events.push_back(event(
      {{"type", "content_block_start"}, {"index", 0}, {"content_block", {{"type", "text"}, {"text", ""}}}}));
  for (const std::string& text : texts) {
    events.push_back(event(
        {{"type", "content_block_delta"}, {"index", 0}, {"delta", {{"type", "text_delta"}, {"text", text}}}}));
  }
  return events;
}

}  // namespace

ScriptedResponse json_message(std::string_view text) {
  const Json content = Json::array({{{"type", "text"}, {"text", text}}});
  return ScriptedResponse()
      .header("content-type", "application/json")
      .header("request-id", "req_01Fake")
      .send(message(content, "end_turn", 1).dump());
}

std::vector<std::string> message_events(const std::vector<std::string>& texts) {
  std::vector<std::string> events = opening_events(texts);
  events.push_back(event({{"type", "content_block_stop"}, {"index", 0}}));
  events.push_back(event({{"type", "message_delta"},
                          {"delta", {{"stop_reason", "end_turn"}, {"stop_sequence", nullptr}}},
                          {"usage", usage(texts.size())}}));
  events.push_back(event({{"type", "message_stop"}}));
  return events;
}

ScriptedResponse sse_bytes(const std::vector<std::string>& parts) {
  ScriptedResponse script;
  script.header("content-type", "text/event-stream; charset=utf-8")
      .header("cache-control", "no-cache")
      .header("request-id", "req_01Fake")
      .chunked();
  for (const std::string& part : parts) script.send(part);
  return script;
}

ScriptedResponse sse_stream(const std::vector<std::string>& texts) { return sse_bytes(message_events(texts)); }

ScriptedResponse error_answer(int status, std::string_view type, std::string_view text) {
  return ScriptedResponse()
      .status(status)
      .header("content-type", "application/json")
      .header("request-id", "req_01Fake")
      .send(error_body(type, text).dump());
}

ScriptedResponse rate_limited(std::chrono::seconds retry_after) {
  return error_answer(429, "rate_limit_error", "Number of requests has exceeded your rate limit")
      .header("retry-after", std::to_string(retry_after.count()));
}

ScriptedResponse overloaded() { return error_answer(529, "overloaded_error", "Overloaded"); }

ScriptedResponse server_error(int status) { return error_answer(status, "api_error", "Internal server error"); }

ScriptedResponse html_200() {
  return ScriptedResponse()
      .header("content-type", "text/html; charset=utf-8")
      .send("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in to continue</body></html>\n");
}

ScriptedResponse sse_error_first(std::string_view type) { return sse_bytes({event(error_body(type, "Overloaded"))}); }

ScriptedResponse sse_error_after(const std::vector<std::string>& texts, std::string_view type) {
  std::vector<std::string> events = opening_events(texts);
  events.push_back(event(error_body(type, "Overloaded")));
  return sse_bytes(events);
}

ScriptedResponse reset_before_headers() { return ScriptedResponse().reset(); }

ScriptedResponse close_before_headers() { return ScriptedResponse().close(); }

ScriptedResponse reset_after(std::size_t body_bytes, ScriptedResponse script) {
  return script.keep_bytes(body_bytes).send_headers().reset();
}

ScriptedResponse reset_after_events(std::size_t events, ScriptedResponse stream) {
  return stream.keep_parts(events).send_headers().reset();
}

ScriptedResponse hang() { return ScriptedResponse().hang(); }

ScriptedResponse hang_after_headers() { return sse_bytes({}).send_headers().hang(); }

ScriptedResponse hang_after_events(std::size_t events, ScriptedResponse stream) {
  return stream.keep_parts(events).send_headers().hang();
}

ScriptedResponse raw_answer(std::string bytes) { return ScriptedResponse().send_raw(std::move(bytes)); }

}  // namespace balancer::fakes

#include "tests/fakes/openai_answers.hpp"

#include <nlohmann/json.hpp>

namespace balancer::fakes {
namespace {

using Json = nlohmann::ordered_json;

std::string event_of(const Json& chunk) { return "data: " + chunk.dump() + "\n\n"; }

}  // namespace

ScriptedResponse chat_document(std::string document) {
  return ScriptedResponse()
      .header("content-type", "application/json")
      .header("x-request-id", "req-of-the-provider")
      .send(std::move(document));
}

ScriptedResponse chat_completion(std::string_view text) {
  const Json completion = {
      {"id", "chatcmpl-9"},
      {"object", "chat.completion"},
      {"choices",
       {{{"index", 0}, {"finish_reason", "stop"}, {"message", {{"role", "assistant"}, {"content", text}}}}}},
      {"usage", {{"prompt_tokens", 12}, {"completion_tokens", 5}}}};
  return chat_document(completion.dump());
}

ScriptedResponse chat_events(const std::vector<std::string>& events) {
  ScriptedResponse response;
  response.header("content-type", "text/event-stream").header("x-request-id", "req-of-the-provider").chunked();
  response.send_headers();
  for (const std::string& event : events) response.send(event);
  return response;
}

std::string chat_chunk(std::string_view delta, std::string_view finish_reason) {
  Json choice = {{"index", 0}, {"delta", Json::parse(delta)}, {"finish_reason", nullptr}};
  if (!finish_reason.empty()) choice["finish_reason"] = finish_reason;
  return event_of({{"id", "chatcmpl-9"}, {"choices", Json::array({choice})}});
}

ScriptedResponse chat_stream(const std::vector<std::string>& texts) {
  std::vector<std::string> events{chat_chunk(R"({"role":"assistant","content":""})")};
  for (const std::string& text : texts) events.push_back(chat_chunk(Json{{"content", text}}.dump()));
  events.push_back(chat_chunk("{}", "stop"));
  events.push_back(event_of({{"choices", Json::array()}, {"usage", {{"prompt_tokens", 12}, {"completion_tokens", 5}}}}));
  events.emplace_back("data: [DONE]\n\n");
  return chat_events(events);
}

ScriptedResponse chat_error(int status, std::string_view message, std::string_view code, std::string_view param) {
  const Json document = {
      {"error", {{"message", message}, {"type", "invalid_request_error"}, {"param", param}, {"code", code}}}};
  return ScriptedResponse().status(status).header("content-type", "application/json").send(document.dump());
}

}  // namespace balancer::fakes

#include "tests/integration/sharing/shared_question.hpp"

#include <atomic>
#include <memory>
#include <utility>

namespace balancer::integration {
namespace {

using nlohmann::json;

bool asks_for_stream(const fakes::RecordedRequest& request) {
  return request.body.find(R"("stream":true)") != std::string::npos;
}

std::string event(const json& data) {
  return "event: " + data.at("type").get<std::string>() + "\ndata: " + data.dump() + "\n\n";
}

json message_of_provider(json content, const json& stop_reason) {
  return {{"id", "msg_01Shared"},
          {"type", "message"},
          {"role", "assistant"},
          {"model", "claude-test"},
          {"content", std::move(content)},
          {"stop_reason", stop_reason},
          {"stop_sequence", nullptr},
          {"usage", {{"input_tokens", 25}, {"output_tokens", 7}}}};
}

// The deltas of one block; its beginning has none of what they say.
std::vector<json> deltas_of(const json& block) {
  const std::string type = block.at("type");
  if (type == "thinking") {
    return {{{"type", "thinking_delta"}, {"thinking", block.at("thinking")}},
            {{"type", "signature_delta"}, {"signature", block.at("signature")}}};
  }
  if (type == "text") return {{{"type", "text_delta"}, {"text", block.at("text")}}};
  const std::string input = block.at("input").dump();
  const std::size_t half = input.size() / 2;
  return {{{"type", "input_json_delta"}, {"partial_json", input.substr(0, half)}},
          {{"type", "input_json_delta"}, {"partial_json", input.substr(half)}}};
}

json beginning_of(json block) {
  for (const char* const spoken : {"thinking", "signature", "text"}) {
    if (block.contains(spoken)) block[spoken] = "";
  }
  if (block.contains("input")) block["input"] = json::object();
  return block;
}

fakes::ScriptedResponse streamed(const json& message) {
  json start = message;
  start["content"] = json::array();
  start["stop_reason"] = nullptr;
  start["usage"]["output_tokens"] = 1;
  std::vector<std::string> events{event({{"type", "message_start"}, {"message", start}})};
  std::size_t index = 0;
  for (const json& block : message.at("content")) {
    events.push_back(
        event({{"type", "content_block_start"}, {"index", index}, {"content_block", beginning_of(block)}}));
    for (const json& delta : deltas_of(block)) {
      events.push_back(event({{"type", "content_block_delta"}, {"index", index}, {"delta", delta}}));
    }
    events.push_back(event({{"type", "content_block_stop"}, {"index", index++}}));
  }
  events.push_back(event({{"type", "message_delta"},
                          {"delta", {{"stop_reason", message.at("stop_reason")}, {"stop_sequence", nullptr}}},
                          {"usage", message.at("usage")}}));
  events.push_back(event({{"type", "message_stop"}}));
  return fakes::sse_bytes(events);
}

fakes::FakeProvider::Responder answers_message(json message) {
  return [message = std::move(message)](const fakes::RecordedRequest& request) {
    if (asks_for_stream(request)) return streamed(message);
    return fakes::ScriptedResponse().header("content-type", "application/json").send(message.dump());
  };
}

void append(json& block, const json& delta, std::string& input) {
  const std::string type = delta.at("type");
  const auto add = [&](const char* member) {
    block[member] = block.value(member, "") + delta.at(member).get<std::string>();
  };
  if (type == "text_delta") add("text");
  if (type == "thinking_delta") add("thinking");
  if (type == "signature_delta") add("signature");
  if (type == "input_json_delta") input += delta.at("partial_json").get<std::string>();
}

// Null unless it ends with message_stop.
json message_of_events(const std::vector<fakes::SseEvent>& events) {
  json message;
  std::string input;
  for (const fakes::SseEvent& each : events) {
    const json data = json::parse(each.data);
    if (each.name == "message_start") message = data.at("message");
    if (each.name == "content_block_start") message["content"].push_back(data.at("content_block"));
    if (each.name == "content_block_delta") append(message["content"].back(), data.at("delta"), input);
    if (each.name == "content_block_stop" && !input.empty()) {
      message["content"].back()["input"] = json::parse(std::exchange(input, ""));
    }
    if (each.name == "message_delta") {
      message.update(data.at("delta"));
      message["usage"].update(data.at("usage"));
    }
  }
  return !events.empty() && events.back().name == "message_stop" ? message : json();
}

}  // namespace

std::string question(AnswerForm form, std::string_view text, std::string_view members) {
  return R"({"model":"claude-test",)" + std::string(members) +
         (members.find("max_tokens") == std::string_view::npos ? R"("max_tokens":1000,)" : "") +
         (form == AnswerForm::kStream ? R"("stream":true,)" : "") + R"("messages":[{"role":"user","content":")" +
         std::string(text) + R"("}]})";
}

std::string cache_of(const fakes::HttpResponse& response) {
  return response.headers.value("x-balancer-cache").value_or("");
}

json message_in(const fakes::HttpResponse& response) {
  if (response.status != 200 || !response.complete) return nullptr;
  const bool stream = response.headers.value("content-type").value_or("").starts_with("text/event-stream");
  const json whole = stream ? message_of_events(response.events()) : json::parse(response.body);
  if (!whole.is_object() || whole.value("type", "") != "message") return nullptr;
  json message;
  for (const char* const member : {"role", "model", "content", "stop_reason"}) message[member] = whole.at(member);
  for (const char* const count : {"input_tokens", "output_tokens"}) message[count] = whole.at("usage").at(count);
  return message;
}

bool tells_of_failure(const fakes::HttpResponse& response) {
  if (response.status >= 400) return !response.error_type().empty();
  const std::vector<std::string> names = response.event_names();
  return !names.empty() && names.back() == "error";
}

fakes::FakeProvider::Responder answers_richly() {
  const json thinking = {{"type", "thinking"}, {"thinking", "They want \"it\" – so…"}, {"signature", "c2lnbmVk"}};
  const json text = {{"type", "text"}, {"text", "Reading\n\tthe file: é"}};
  const json call = {{"type", "tool_use"},
                     {"id", "toolu_01Shared"},
                     {"name", "Read"},
                     {"input", {{"file_path", "/src/a.ts"}, {"lines", {1, 2.5}}, {"deep", {{"yes", true}}}}}};
  return answers_message(message_of_provider(json::array({thinking, text, call}), "tool_use"));
}

fakes::FakeProvider::Responder answers_with_numbers() {
  const auto count = std::make_shared<std::atomic<std::size_t>>(0);
  return [count](const fakes::RecordedRequest& request) {
    return answer(asks_for_stream(request) ? AnswerForm::kStream : AnswerForm::kDocument, std::to_string(++*count));
  };
}

fakes::FakeProvider::Responder answers_ending(std::string stop_reason) {
  const json text = {{"type", "text"}, {"text", "so far"}};
  return answers_message(message_of_provider(json::array({text}), std::move(stop_reason)));
}

void Askers::ask(const fakes::HttpClient& client, std::string_view body, const fakes::HeaderFields& headers) {
  connections_.push_back(client.connect());
  connections_.back().send_request("POST", "/v1/messages", body, headers);
}

std::vector<fakes::HttpResponse> Askers::answers() {
  std::vector<fakes::HttpResponse> all;
  for (fakes::HttpConnection& connection : connections_) all.push_back(connection.read_response());
  return all;
}

}  // namespace balancer::integration

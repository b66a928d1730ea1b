#include "deploy/demo_provider/anthropic_answer.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "deploy/demo_provider/answer_pieces.hpp"
#include "deploy/demo_provider/demo_tokens.hpp"
#include "deploy/demo_provider/json_text.hpp"

namespace balancer::demo {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSignature = "demo";

std::string_view stop_reason(const DemoAnswer& answer) { return answer.tool_call ? "tool_use" : "end_turn"; }

std::string call_id(std::string_view id) { return fmt::format("toolu_demo_{}", id); }

Json usage(std::size_t input, std::size_t output) {
  return {{"input_tokens", input},
          {"cache_creation_input_tokens", 0},
          {"cache_read_input_tokens", 0},
          {"output_tokens", output}};
}

Json message_frame(const DemoRequest& request, std::string_view id) {
  return {{"id", fmt::format("msg_demo_{}", id)},
          {"type", "message"},
          {"role", "assistant"},
          {"model", request.model},
          {"content", Json::array()},
          {"stop_reason", nullptr},
          {"stop_sequence", nullptr}};
}

// The events of one message; counts its blocks.
class EventList {
 public:
  void append(const Json& payload) {
    events_.push_back(fmt::format("event: {}\ndata: {}\n\n", payload["type"].get<std::string>(), to_text(payload)));
  }
  void start_block(const Json& block) {
    append({{"type", "content_block_start"}, {"index", index_}, {"content_block", block}});
  }
  void append_delta(const Json& delta) {
    append({{"type", "content_block_delta"}, {"index", index_}, {"delta", delta}});
  }
  void stop_block() {
    append({{"type", "content_block_stop"}, {"index", index_}});
    ++index_;
  }
  [[nodiscard]] std::vector<std::string> take() { return std::move(events_); }

 private:
  std::vector<std::string> events_;
  int index_ = 0;
};

void append_thinking(EventList& events, std::string_view thinking) {
  events.start_block({{"type", "thinking"}, {"thinking", ""}, {"signature", ""}});
  for (const std::string_view word : words_of(thinking)) {
    events.append_delta({{"type", "thinking_delta"}, {"thinking", word}});
  }
  events.append_delta({{"type", "signature_delta"}, {"signature", kSignature}});
  events.stop_block();
}

void append_text(EventList& events, std::string_view text) {
  events.start_block({{"type", "text"}, {"text", ""}});
  for (const std::string_view word : words_of(text)) events.append_delta({{"type", "text_delta"}, {"text", word}});
  events.stop_block();
}

void append_call(EventList& events, const ToolCall& call, std::string_view id) {
  events.start_block({{"type", "tool_use"}, {"id", call_id(id)}, {"name", call.name}, {"input", Json::object()}});
  for (const std::string_view piece : argument_pieces(call.arguments)) {
    events.append_delta({{"type", "input_json_delta"}, {"partial_json", piece}});
  }
  events.stop_block();
}

}  // namespace

std::string anthropic_message(const DemoRequest& request, const DemoAnswer& answer, std::string_view id) {
  Json message = message_frame(request, id);
  Json& content = message["content"];
  if (!answer.thinking.empty()) {
    content.push_back({{"type", "thinking"}, {"thinking", answer.thinking}, {"signature", kSignature}});
  }
  content.push_back({{"type", "text"}, {"text", answer.text}});
  if (answer.tool_call) {
    content.push_back({{"type", "tool_use"},
                       {"id", call_id(id)},
                       {"name", answer.tool_call->name},
                       {"input", Json::parse(answer.tool_call->arguments)}});
  }
  message["stop_reason"] = stop_reason(answer);
  message["usage"] = usage(input_tokens(request), output_tokens(answer));
  return to_text(message);
}

std::vector<std::string> anthropic_events(const DemoRequest& request, const DemoAnswer& answer, std::string_view id) {
  Json message = message_frame(request, id);
  message["usage"] = usage(input_tokens(request), 1);

  EventList events;
  events.append({{"type", "message_start"}, {"message", message}});
  events.append({{"type", "ping"}});
  if (!answer.thinking.empty()) append_thinking(events, answer.thinking);
  append_text(events, answer.text);
  if (answer.tool_call) append_call(events, *answer.tool_call, id);
  events.append({{"type", "message_delta"},
                 {"delta", {{"stop_reason", stop_reason(answer)}, {"stop_sequence", nullptr}}},
                 {"usage", usage(input_tokens(request), output_tokens(answer))}});
  events.append({{"type", "message_stop"}});
  return events.take();
}

}  // namespace balancer::demo

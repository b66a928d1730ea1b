#include "deploy/demo_provider/openai_answer.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/error/http_error.hpp"
#include "deploy/demo_provider/answer_pieces.hpp"
#include "deploy/demo_provider/demo_tokens.hpp"
#include "deploy/demo_provider/json_text.hpp"

namespace balancer::demo {
namespace {

using Json = nlohmann::ordered_json;

std::string_view finish_reason(const DemoAnswer& answer) { return answer.tool_call ? "tool_calls" : "stop"; }

Json usage(const DemoRequest& request, const DemoAnswer& answer) {
  const std::size_t input = input_tokens(request);
  const std::size_t output = output_tokens(answer);
  return {{"prompt_tokens", input},
          {"completion_tokens", output},
          {"total_tokens", input + output},
          {"prompt_tokens_details", {{"cached_tokens", 0}}},
          {"completion_tokens_details", {{"reasoning_tokens", thinking_tokens(answer)}}}};
}

Json frame(const DemoRequest& request, std::string_view id, std::string_view object) {
  return {{"id", fmt::format("chatcmpl-demo_{}", id)},
          {"object", object},
          {"created", 0},
          {"model", request.model},
          {"choices", Json::array()}};
}

Json tool_call(const ToolCall& call, std::string_view arguments, std::string_view id) {
  return {{"id", fmt::format("call_demo_{}", id)},
          {"type", "function"},
          {"function", {{"name", call.name}, {"arguments", arguments}}}};
}

// The chunks of one completion, which differ in their only choice.
class ChunkList {
 public:
  ChunkList(const DemoRequest& request, std::string_view id) : frame_(frame(request, id, "chat.completion.chunk")) {
    if (request.stream_usage) frame_["usage"] = nullptr;
  }

  void append_delta(const Json& delta) { append_choice(delta, nullptr); }
  void append_call_delta(Json call) {
    call["index"] = 0;
    append_delta({{"tool_calls", Json::array({std::move(call)})}});
  }
  void append_finish(std::string_view reason) { append_choice(Json::object(), reason); }
  void append_usage(Json usage) {
    Json chunk = frame_;
    chunk["usage"] = std::move(usage);
    append_event(to_text(chunk));
  }
  void append_done() { append_event("[DONE]"); }
  [[nodiscard]] std::vector<std::string> take() { return std::move(events_); }

 private:
  void append_choice(const Json& delta, const Json& reason) {
    Json chunk = frame_;
    chunk["choices"].push_back({{"index", 0}, {"delta", delta}, {"logprobs", nullptr}, {"finish_reason", reason}});
    append_event(to_text(chunk));
  }
  void append_event(std::string_view data) { events_.push_back(fmt::format("data: {}\n\n", data)); }

  Json frame_;
  std::vector<std::string> events_;
};

}  // namespace

std::string openai_completion(const DemoRequest& request, const DemoAnswer& answer, std::string_view id) {
  Json message = {{"role", "assistant"}, {"content", answer.text}, {"refusal", nullptr}};
  if (!answer.thinking.empty()) message["reasoning_content"] = answer.thinking;
  if (answer.tool_call) {
    message["tool_calls"] = Json::array({tool_call(*answer.tool_call, answer.tool_call->arguments, id)});
  }
  Json completion = frame(request, id, "chat.completion");
  completion["choices"].push_back(
      {{"index", 0}, {"message", message}, {"logprobs", nullptr}, {"finish_reason", finish_reason(answer)}});
  completion["usage"] = usage(request, answer);
  return to_text(completion);
}

std::vector<std::string> openai_chunks(const DemoRequest& request, const DemoAnswer& answer, std::string_view id) {
  ChunkList chunks(request, id);
  chunks.append_delta({{"role", "assistant"}, {"content", ""}});
  for (const std::string_view word : words_of(answer.thinking)) chunks.append_delta({{"reasoning_content", word}});
  for (const std::string_view word : words_of(answer.text)) chunks.append_delta({{"content", word}});
  if (answer.tool_call) {
    chunks.append_call_delta(tool_call(*answer.tool_call, "", id));
    for (const std::string_view piece : argument_pieces(answer.tool_call->arguments)) {
      chunks.append_call_delta({{"function", {{"arguments", piece}}}});
    }
  }
  chunks.append_finish(finish_reason(answer));
  if (request.stream_usage) chunks.append_usage(usage(request, answer));
  chunks.append_done();
  return chunks.take();
}

std::string openai_error_body(const Error& error) {
  return to_text(Json{{"error",
                       {{"message", error.message},
                        {"type", http_form(error.code).type},
                        {"param", nullptr},
                        {"code", nullptr}}}});
}

}  // namespace balancer::demo

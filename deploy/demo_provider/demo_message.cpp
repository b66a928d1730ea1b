#include "deploy/demo_provider/demo_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace balancer::demo {
namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t kEchoedBytes = 200;

std::string to_text(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

// The beginning of `text`, never ending inside a UTF-8 sequence.
std::string shortened(std::string_view text) {
  if (text.size() <= kEchoedBytes) return std::string(text);
  std::size_t end = kEchoedBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

// The last text in a message's content, which is a string or a list of blocks.
std::string last_text(const json& content) {
  if (content.is_string()) return content.get<std::string>();
  if (!content.is_array()) return {};
  for (auto block = content.rbegin(); block != content.rend(); ++block) {
    if (!block->is_object()) continue;
    const auto text = block->find("text");
    if (text != block->end() && text->is_string()) return text->get<std::string>();
  }
  return {};
}

std::string last_user_text(const json& messages) {
  for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
    if (!message->is_object()) continue;
    const auto role = message->find("role");
    const auto content = message->find("content");
    if (role == message->end() || *role != "user" || content == message->end()) continue;
    if (std::string text = last_text(*content); !text.empty()) return text;
  }
  return {};
}

std::string answer_text(const DemoRequest& request) {
  std::string text = "This is the demo provider that comes with the balancer, not a language model.";
  if (!request.last_user_text.empty()) text += " You wrote: " + shortened(request.last_user_text);
  return text;
}

// The text cut behind each run of spaces; the pieces join to the whole.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto space = text.find(' ');
    const auto end = std::min(text.find_first_not_of(' ', std::min(space, text.size())), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

json usage(std::size_t input_tokens, std::size_t output_tokens) {
  return {{"input_tokens", input_tokens},
          {"cache_creation_input_tokens", 0},
          {"cache_read_input_tokens", 0},
          {"output_tokens", output_tokens}};
}

json message_frame(const DemoRequest& request, std::string_view id) {
  return {{"id", id},          {"type", "message"},     {"role", "assistant"},     {"model", request.model},
          {"content", json::array()}, {"stop_reason", nullptr}, {"stop_sequence", nullptr}};
}

std::string event(const json& payload) {
  return fmt::format("event: {}\ndata: {}\n\n", payload["type"].get<std::string>(), to_text(payload));
}

}  // namespace

Result<DemoRequest> read_demo_request(std::string_view body) {
  const json parsed = json::parse(body, nullptr, false);
  if (!parsed.is_object()) return Error{ErrorCode::kInvalidRequest, "the body is not a JSON object", {}};
  const auto model = parsed.find("model");
  if (model == parsed.end() || !model->is_string()) {
    return Error{ErrorCode::kInvalidRequest, "model: Field required", {}};
  }
  const auto messages = parsed.find("messages");
  if (messages == parsed.end() || !messages->is_array() || messages->empty()) {
    return Error{ErrorCode::kInvalidRequest, "messages: at least one message is required", {}};
  }
  const auto stream = parsed.find("stream");
  return DemoRequest{.model = model->get<std::string>(),
                     .last_user_text = last_user_text(*messages),
                     .stream = stream != parsed.end() && *stream == true,
                     .body_bytes = body.size()};
}

std::size_t rough_token_count(const DemoRequest& request) { return request.body_bytes / 4 + 1; }

std::string demo_message(const DemoRequest& request, std::string_view message_id) {
  const std::string text = answer_text(request);
  json message = message_frame(request, message_id);
  message["content"].push_back({{"type", "text"}, {"text", text}});
  message["stop_reason"] = "end_turn";
  message["usage"] = usage(rough_token_count(request), words_of(text).size());
  return to_text(message);
}

std::vector<std::string> demo_events(const DemoRequest& request, std::string_view message_id) {
  const std::string text = answer_text(request);
  const auto words = words_of(text);
  const std::size_t input_tokens = rough_token_count(request);
  json message = message_frame(request, message_id);
  message["usage"] = usage(input_tokens, 1);

  std::vector<std::string> events;
  events.push_back(event({{"type", "message_start"}, {"message", message}}));
  events.push_back(event({{"type", "content_block_start"},
                          {"index", 0},
                          {"content_block", {{"type", "text"}, {"text", ""}}}}));
  events.push_back(event({{"type", "ping"}}));
  for (const std::string_view word : words) {
    events.push_back(event({{"type", "content_block_delta"},
                            {"index", 0},
                            {"delta", {{"type", "text_delta"}, {"text", word}}}}));
  }
  events.push_back(event({{"type", "content_block_stop"}, {"index", 0}}));
  events.push_back(event({{"type", "message_delta"},
                          {"delta", {{"stop_reason", "end_turn"}, {"stop_sequence", nullptr}}},
                          {"usage", usage(input_tokens, words.size())}}));
  events.push_back(event({{"type", "message_stop"}}));
  return events;
}

std::string demo_models() {
  return to_text({{"data",
                   {{{"type", "model"},
                     {"id", "claude-demo"},
                     {"display_name", "Demo provider"},
                     {"created_at", "1970-01-01T00:00:00Z"}}}},
                  {"has_more", false},
                  {"first_id", "claude-demo"},
                  {"last_id", "claude-demo"}});
}

}  // namespace balancer::demo

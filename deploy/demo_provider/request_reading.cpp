#include "deploy/demo_provider/request_reading.hpp"

#include <utility>
#include <vector>

#include "deploy/demo_provider/user_words.hpp"

namespace balancer::demo {
namespace {

using nlohmann::json;

std::vector<std::string_view> texts_of(const json& content) {
  if (content.is_string()) return {content.get_ref<const std::string&>()};
  std::vector<std::string_view> texts;
  if (!content.is_array()) return texts;
  for (const json& block : content) {
    if (const std::string_view text = text_member(block, "text"); !text.empty()) texts.push_back(text);
  }
  return texts;
}

// The last words of the user in a message; empty when there are none, or when it is no user's message.
std::string last_words(const json& message) {
  if (text_member(message, "role") != "user") return {};
  const std::vector<std::string_view> texts = texts_of(member(message, "content"));
  for (auto text = texts.rbegin(); text != texts.rend(); ++text) {
    if (std::string words = words_of_user(*text); !words.empty()) return words;
  }
  return {};
}

}  // namespace

Result<json> parse_request(std::string_view body) {
  json parsed = json::parse(body, nullptr, false);
  if (!parsed.is_object()) return Error{ErrorCode::kInvalidRequest, "the body is not a JSON object", {}};
  if (!member(parsed, "model").is_string()) {
    return Error{ErrorCode::kInvalidRequest, "model: Field required", {}};
  }
  const json& messages = member(parsed, "messages");
  if (!messages.is_array() || messages.empty()) {
    return Error{ErrorCode::kInvalidRequest, "messages: at least one message is required", {}};
  }
  return Result<json>(boost::system::in_place_value, std::move(parsed));
}

const json& member(const json& object, const char* name) {
  static const json kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

std::string_view text_member(const json& object, const char* name) {
  const json& value = member(object, name);
  return value.is_string() ? std::string_view(value.get_ref<const std::string&>()) : std::string_view();
}

std::string first_text(const json& content) {
  const std::vector<std::string_view> texts = texts_of(content);
  return texts.empty() ? std::string() : std::string(texts.front());
}

LastTurn read_last_turn(const json& messages, ToolResultReader tool_result_of) {
  std::string words;
  auto message = messages.rbegin();
  for (; message != messages.rend() && text_member(*message, "role") != "assistant"; ++message) {
    if (auto result = tool_result_of(*message)) return {LastTurn::Speaker::kTool, std::move(*result)};
    if (words.empty()) words = last_words(*message);
  }
  if (!words.empty()) return {LastTurn::Speaker::kUser, std::move(words)};
  for (; message != messages.rend() && words.empty(); ++message) words = last_words(*message);
  return {LastTurn::Speaker::kNobody, std::move(words)};
}

}  // namespace balancer::demo

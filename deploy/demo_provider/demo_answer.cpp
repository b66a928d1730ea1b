#include "deploy/demo_provider/demo_answer.hpp"

#include <fmt/format.h>

#include <string_view>
#include <unordered_map>

#include "common/text/ascii.hpp"
#include "deploy/demo_provider/answer_pieces.hpp"

namespace balancer::demo {
namespace {

constexpr std::size_t kQuotedBytes = 200;
constexpr std::string_view kThinking =
    "The request asks for thinking. There is no model here to think, so these words stand in its place.";
// What tools may be named with.
constexpr std::string_view kNameLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

// The beginning of `text`, never ending inside a UTF-8 sequence.
std::string shortened(std::string_view text) {
  const std::string_view beginning = first_bytes(text, kQuotedBytes);
  return std::string(beginning) + (beginning.size() < text.size() ? "…" : "");
}

// The call that the user's words ask for; null when they ask for none.
const ToolCall* wanted_call(const DemoRequest& request) {
  if (request.last_turn.speaker != LastTurn::Speaker::kUser || request.possible_calls.empty()) return nullptr;
  std::unordered_map<std::string_view, const ToolCall*> by_name;
  for (const ToolCall& call : request.possible_calls) by_name.emplace(call.name, &call);

  const ToolCall* wanted = nullptr;
  std::string_view rest = request.last_turn.text;
  for (auto begin = rest.find_first_of(kNameLetters); begin != rest.npos; begin = rest.find_first_of(kNameLetters)) {
    rest.remove_prefix(begin);
    const std::string_view word = rest.substr(0, rest.find_first_not_of(kNameLetters));
    rest.remove_prefix(word.size());
    if (const auto named = by_name.find(word); named != by_name.end()) return named->second;
    if (ascii_iequal(word, "tool")) wanted = &request.possible_calls.front();
  }
  return wanted;
}

std::string answer_text(const LastTurn& last_turn) {
  if (last_turn.speaker == LastTurn::Speaker::kTool) {
    return last_turn.text.empty() ? "The tool said nothing." : "The tool said: " + shortened(last_turn.text);
  }
  std::string text = "This is the demo provider that comes with the balancer, not a language model.";
  if (!last_turn.text.empty()) text += " You wrote: " + shortened(last_turn.text);
  return text;
}

}  // namespace

DemoAnswer decide_answer(const DemoRequest& request) {
  DemoAnswer answer;
  if (request.wants_thinking) answer.thinking = kThinking;
  if (const ToolCall* call = wanted_call(request)) {
    answer.text = fmt::format("The demo provider calls {}.", call->name);
    answer.tool_call = *call;
  } else {
    answer.text = answer_text(request.last_turn);
  }
  return answer;
}

}  // namespace balancer::demo

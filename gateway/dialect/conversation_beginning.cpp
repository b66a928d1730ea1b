#include "gateway/dialect/conversation_beginning.hpp"

#include <simdjson.h>

#include <algorithm>

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kMaxPartBytes = 4096;

// The first bytes of one message.
class Excerpt {
 public:
  void append(std::string_view raw) { text_ += raw.substr(0, kMaxPartBytes - text_.size()); }
  void clear() { text_.clear(); }
  [[nodiscard]] bool full() const { return text_.size() == kMaxPartBytes; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string_view raw_text(ondemand::value value) {
  std::string_view raw;
  ondemand::array array;
  ondemand::object object;
  if (!value.get_array().get(array)) {
    if (array.raw_json().get(raw)) return {};
  } else if (!value.get_object().get(object)) {
    if (object.raw_json().get(raw)) return {};
  } else {
    raw = value.raw_json_token();
  }
  return without_trailing_space(raw);
}

void append_block(ondemand::object block, Excerpt& excerpt) {
  for (auto member : block) {
    if (excerpt.full()) return;
    std::string_view key;
    if (member.unescaped_key().get(key)) return;
    if (key == "type" || key == "cache_control") continue;
    ondemand::value value;
    if (member.value().get(value)) return;
    excerpt.append(raw_text(value));
  }
}

void append_blocks(ondemand::array blocks, Excerpt& excerpt) {
  for (auto element : blocks) {
    if (excerpt.full()) return;
    ondemand::object block;
    if (element.get_object().get(block)) return;
    append_block(block, excerpt);
  }
}

void append_content(ondemand::value content, Excerpt& excerpt) {
  ondemand::array blocks;
  if (!content.get_array().get(blocks)) {
    append_blocks(blocks, excerpt);
  } else {
    excerpt.append(raw_text(content));
  }
}

simdjson::error_code open(ondemand::parser& parser, std::string_view json, ondemand::document& document) {
  return parser.iterate(json.data(), json.size(), json.size() + simdjson::SIMDJSON_PADDING).get(document);
}

void append_system(std::string_view system, Excerpt& excerpt) {
  if (system.starts_with('"')) excerpt.append(system);
  if (!system.starts_with('[')) return;
  ondemand::parser parser;
  ondemand::document document;
  ondemand::array blocks;
  if (open(parser, system, document) || document.get_array().get(blocks)) return;
  append_blocks(blocks, excerpt);
}

enum class Role { kUser, kAssistant, kOther };

Role role_of(std::string_view name) {
  if (name == "user") return Role::kUser;
  return name == "assistant" ? Role::kAssistant : Role::kOther;
}

// Fills `excerpt` with its content, unless that is null.
Role read_message(ondemand::object message, Excerpt* excerpt) {
  Role role = Role::kOther;
  for (auto member : message) {
    std::string_view key;
    if (member.unescaped_key().get(key)) return Role::kOther;
    if (key == "role") {
      std::string_view name;
      role = member.value().get_string().get(name) ? Role::kOther : role_of(name);
    } else if (key == "content" && excerpt != nullptr) {
      excerpt->clear();
      ondemand::value content;
      if (member.value().get(content)) return Role::kOther;
      append_content(content, *excerpt);
    }
  }
  return role;
}

// What texts that are marked already need of the above.

void append_blocks(JsonValue blocks, Excerpt& excerpt) {
  for (const JsonValue block : blocks.elements()) {
    if (excerpt.full() || !block.is_object()) return;
    for (const JsonField member : block.fields()) {
      if (excerpt.full()) return;
      if (says(member.raw_key, "type") || says(member.raw_key, "cache_control")) continue;
      excerpt.append(member.value.raw());
    }
  }
}

void append_content(JsonValue content, Excerpt& excerpt) {
  content.is_array() ? append_blocks(content, excerpt) : excerpt.append(content.raw());
}

std::string joined(const Excerpt& instructions, const Excerpt& question) {
  if (instructions.text().empty() && question.text().empty()) return {};
  std::string text;
  text.reserve(instructions.text().size() + 1 + question.text().size());
  text += instructions.text();
  text += '\0';
  text += question.text();
  return text;
}

}  // namespace

ConversationBeginning read_beginning(std::string_view system, std::string_view messages) {
  ConversationBeginning beginning;
  Excerpt instructions;
  append_system(system, instructions);

  Excerpt question;
  bool asked = false;
  ondemand::parser parser;
  ondemand::document document;
  ondemand::array list;
  if (messages.starts_with('[') && !open(parser, messages, document) && !document.get_array().get(list)) {
    for (auto item : list) {
      ondemand::object message;
      if (item.get_object().get(message)) break;
      Excerpt content;
      const Role role = read_message(message, asked ? nullptr : &content);
      if (role == Role::kAssistant) beginning.answered = true;
      if (role == Role::kUser && !asked) {
        asked = true;
        question = std::move(content);
      }
      if (asked && beginning.answered) break;
    }
  }
  beginning.text = joined(instructions, question);
  return beginning;
}

ConversationBeginning read_beginning(JsonValue system, JsonValue messages) {
  Excerpt instructions;
  if (system.is_string()) instructions.append(system.raw());
  append_blocks(system, instructions);

  ConversationBeginning beginning;
  Excerpt question;
  bool asked = false;
  for (const JsonValue message : messages.elements()) {
    if (!message.is_object() || (asked && beginning.answered)) break;
    const JsonValue role = message["role"];
    if (role.says("assistant")) beginning.answered = true;
    if (asked || !role.says("user")) continue;
    asked = true;
    append_content(message["content"], question);
  }
  beginning.text = joined(instructions, question);
  return beginning;
}

}  // namespace balancer::gateway

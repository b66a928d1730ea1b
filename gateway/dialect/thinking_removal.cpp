#include "gateway/dialect/thinking_removal.hpp"

#include <algorithm>

#include "gateway/dialect/thinking_block.hpp"

namespace balancer::gateway {
namespace {

using BlockTest = bool (*)(const JsonValue& block);

// One element of a JSON array, as offsets into the body.
struct Element {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool removed = false;
};

Element element_of(const JsonValue& value, std::string_view body) {
  const std::string_view raw = value.raw();
  const auto begin = static_cast<std::size_t>(raw.data() - body.data());
  return {begin, begin + raw.size(), false};
}

// Removals that leave a well-formed array: an element goes with the comma behind it, the last ones with the comma
// before them.
void remove_elements(const std::vector<Element>& elements, std::vector<BodyEdit>& edits) {
  std::size_t i = 0;
  while (i < elements.size()) {
    if (!elements[i].removed) {
      ++i;
      continue;
    }
    std::size_t last = i;
    while (last + 1 < elements.size() && elements[last + 1].removed) ++last;
    if (last + 1 < elements.size()) {
      edits.push_back({elements[i].begin, elements[last + 1].begin, {}});
    } else if (i > 0) {
      edits.push_back({elements[i - 1].end, elements[last].end, {}});
    } else {
      edits.push_back({elements[i].begin, elements[last].end, {}});
    }
    i = last + 1;
  }
}

std::vector<BodyEdit> find_removals(const JsonValue& messages, std::string_view body, BlockTest removed) {
  std::vector<Element> all_messages;
  std::vector<Element> blocks;
  std::vector<BodyEdit> edits;
  for (const JsonValue message : messages.elements()) {
    if (!message.is_object()) return {};
    blocks.clear();
    bool some = false;
    bool all = true;
    for (const JsonValue block : message["content"].elements()) {
      Element& element = blocks.emplace_back(element_of(block, body));
      element.removed = removed(block);
      some = some || element.removed;
      all = all && element.removed;
    }
    Element& element = all_messages.emplace_back(element_of(message, body));
    element.removed = some && all;
    if (some && !all) remove_elements(blocks, edits);
  }
  remove_elements(all_messages, edits);
  std::sort(edits.begin(), edits.end(), [](const BodyEdit& a, const BodyEdit& b) { return a.begin < b.begin; });
  return edits;
}

}  // namespace

std::vector<BodyEdit> find_gateway_thinking(std::string_view body, std::string_view messages) {
  JsonDocument document;
  const Result<JsonValue> list = document.read(messages);
  if (!list) return {};
  return find_removals(*list, body, is_gateway_thinking_block);
}

std::vector<BodyEdit> find_gateway_thinking(std::string_view body, JsonValue messages) {
  if (check_escapes(messages.raw()) == Escapes::kInvalid) return {};
  return find_removals(messages, body, is_gateway_thinking_block);
}

std::vector<BodyEdit> find_all_thinking(std::string_view body) {
  JsonDocument document;
  const Result<JsonValue> request = document.read(body);
  if (!request) return {};
  return find_removals((*request)["messages"], body, is_thinking_block);
}

}  // namespace balancer::gateway

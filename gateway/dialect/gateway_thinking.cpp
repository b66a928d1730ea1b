#include "gateway/dialect/gateway_thinking.hpp"

#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "gateway/dialect/gateway_signature.hpp"

namespace balancer::gateway {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::string_view kMark = "\"gw1.";

// One element of a JSON array, as offsets into the array's own text.
struct Element {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool removed = false;
};

// simdjson counts the white space behind an object as part of it.
Element element_of(std::string_view raw_object, const char* base) {
  const auto begin = static_cast<std::size_t>(raw_object.data() - base);
  return {begin, begin + raw_object.find_last_of('}') + 1, false};
}

// Removals that leave a well-formed array: an element goes with the comma behind it, the last ones with the comma
// before them.
void remove_elements(const std::vector<Element>& elements, std::size_t base, std::vector<BodyEdit>& edits) {
  std::size_t i = 0;
  while (i < elements.size()) {
    if (!elements[i].removed) {
      ++i;
      continue;
    }
    std::size_t last = i;
    while (last + 1 < elements.size() && elements[last + 1].removed) ++last;
    if (last + 1 < elements.size()) {
      edits.push_back({base + elements[i].begin, base + elements[last + 1].begin, {}});
    } else if (i > 0) {
      edits.push_back({base + elements[i - 1].end, base + elements[last].end, {}});
    } else {
      edits.push_back({base + elements[i].begin, base + elements[last].end, {}});
    }
    i = last + 1;
  }
}

bool is_gateway_thinking(ondemand::object block) {
  bool thinking = false;
  bool ours = false;
  for (auto field : block) {
    std::string_view key;
    if (field.unescaped_key().get(key)) return false;
    if (key != "type" && key != "signature") continue;
    std::string_view value;
    if (field.value().get_string().get(value)) continue;
    if (key == "type") thinking = value == "thinking";
    if (key == "signature") ours = value.starts_with(kGatewaySignaturePrefix);
  }
  return thinking && ours;
}

// The blocks of one message's content; nothing when it is not an array. Offsets are into the padded copy.
std::optional<std::vector<Element>> content_blocks(ondemand::object message, const char* base) {
  ondemand::array content;
  if (message["content"].get_array().get(content)) return std::nullopt;
  std::vector<Element> blocks;
  for (auto element : content) {
    ondemand::object block;
    if (element.get_object().get(block)) return std::nullopt;
    std::string_view raw;
    if (block.raw_json().get(raw)) return std::nullopt;
    if (block.reset().error()) return std::nullopt;
    Element& found = blocks.emplace_back(element_of(raw, base));
    found.removed = is_gateway_thinking(block);
  }
  return blocks;
}

}  // namespace

bool may_hold_gateway_thinking(std::string_view messages) { return messages.find(kMark) != std::string_view::npos; }

std::vector<BodyEdit> find_gateway_thinking(std::string_view body, std::string_view messages) {
  const simdjson::padded_string padded(messages);
  const auto base = static_cast<std::size_t>(messages.data() - body.data());
  ondemand::parser parser;
  ondemand::document document;
  ondemand::array list;
  if (parser.iterate(padded).get(document) || document.get_array().get(list)) return {};

  std::vector<Element> all_messages;
  std::vector<BodyEdit> block_edits;
  for (auto item : list) {
    ondemand::object message;
    if (item.get_object().get(message)) return {};
    std::string_view raw;
    if (message.raw_json().get(raw) || message.reset().error()) return {};
    Element element = element_of(raw, padded.data());
    if (const auto blocks = content_blocks(message, padded.data())) {
      const auto ours = std::count_if(blocks->begin(), blocks->end(), [](const Element& e) { return e.removed; });
      element.removed = ours > 0 && static_cast<std::size_t>(ours) == blocks->size();
      if (ours > 0 && !element.removed) remove_elements(*blocks, base, block_edits);
    }
    all_messages.push_back(element);
  }
  remove_elements(all_messages, base, block_edits);
  std::sort(block_edits.begin(), block_edits.end(),
            [](const BodyEdit& a, const BodyEdit& b) { return a.begin < b.begin; });
  return block_edits;
}

}  // namespace balancer::gateway

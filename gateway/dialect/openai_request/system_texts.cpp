#include <fmt/format.h>

#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/openai_request/message_list.hpp"

namespace balancer::gateway {
namespace {

constexpr std::string_view kAttribution = "x-anthropic-billing-header:";

// A prompt in one string goes on behind the attribution's line.
std::string_view without_attribution(std::string_view raw) {
  if (!raw.starts_with(kAttribution)) return raw;
  const std::size_t line_end = raw.find(R"(\n)");
  return line_end == std::string_view::npos ? std::string_view() : raw.substr(line_end + 2);
}

}  // namespace

ConversionResult<std::vector<ChatPart>> read_system_texts(JsonValue content, const JsonPath& path) {
  std::vector<ChatPart> texts;
  if (content.is_nothing()) return texts;
  if (content.is_string()) {
    const std::string_view text = without_attribution(content.text());
    if (!is_blank(text)) texts.push_back(text_part(text));
    return texts;
  }
  if (!content.is_array()) return invalid(path + ": Input should be a valid string or list");
  std::size_t index = 0;
  for (const JsonValue block : content.elements()) {
    const JsonPath block_path(path, index++);
    const ContentBlock kind = content_block(block);
    if (kind == ContentBlock::kIgnored) continue;
    if (kind != ContentBlock::kText) return misplaced_block(block, block_path);
    const JsonValue text = block["text"];
    if (!text.is_string()) return invalid(block_path + ".text: Input should be a valid string");
    if (is_blank(text.text()) || text.text().starts_with(kAttribution)) continue;
    texts.push_back({.kind = ChatPart::Kind::kText, .text = text.text(), .cache_control = block["cache_control"].raw()});
  }
  return texts;
}

}  // namespace balancer::gateway

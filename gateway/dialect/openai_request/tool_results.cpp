#include "gateway/dialect/openai_request/tool_results.hpp"

#include <fmt/format.h>

#include "common/text/ascii.hpp"
#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/openai_request/tool_ids.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kToldBytes = 32;

bool tells_of_an_error(const ToolResult& result) {
  const std::string_view text = result.parts.front().text;
  const std::string begin = decode_raw(text.substr(0, kToldBytes));
  return ascii_istarts_with(begin, "error") || begin.starts_with("<tool_use_error>");
}

// Puts the media among `parts` where the provider takes it.
void place_media(std::vector<ChatPart> parts, const std::string& provider_id, ToolResult& result,
                 MessageReading& reading) {
  const ToolMedia placing = reading.settings().tool_media;
  std::size_t number = 0;
  for (const ChatPart& part : parts) {
    if (part.kind == ChatPart::Kind::kText || placing == ToolMedia::kInline) {
      result.parts.push_back(part);
      continue;
    }
    ++number;
    const std::string_view kind = part.text.find("image_url") != std::string_view::npos ? "image" : "document";
    if (placing == ToolMedia::kDrop) {
      reading.dropped.emplace_back("tool_result.media");
      result.parts.push_back(text_part(reading.keep(fmt::format("[{} omitted]", kind))));
      continue;
    }
    const std::string id = escape(provider_id);
    result.parts.push_back(
        text_part(reading.keep(fmt::format("[{} {} of tool call {}: see next user message]", kind, number, id))));
    result.hoisted.push_back(text_part(reading.keep(fmt::format("[{} {} from tool result {}]", kind, number, id))));
    result.hoisted.push_back(part);
  }
}

ConversionResult<void> append_element(JsonValue element, const JsonPath& path, std::vector<ChatPart>& parts,
                                      MessageReading& reading) {
  const ContentBlock kind = content_block(element);
  switch (kind) {
    case ContentBlock::kText:
    case ContentBlock::kImage:
    case ContentBlock::kDocument:
    case ContentBlock::kSearchResult:
      return append_content(kind, element, path, parts, reading);
    case ContentBlock::kToolReference:
      parts.push_back(
          text_part(reading.keep(fmt::format("[tool {} is now available]", element["tool_name"].text()))));
      return {};
    case ContentBlock::kBrowserState:
      return unsupported(fmt::format("{}: browser_state is not supported by provider {}", path.text(), reading.target.provider));
    case ContentBlock::kUnknown:
      return refuse_unknown_block(element, path, reading);
    default:
      return misplaced_block(element, path);
  }
}

}  // namespace

ConversionResult<ToolResult> read_tool_result(JsonValue block, const JsonPath& path, MessageReading& reading) {
  const JsonValue id = block["tool_use_id"];
  if (!id.is_string() || id.empty()) return invalid(path + ".tool_use_id: Field required");
  ToolResult result{.client_id = id.decoded_text(), .parts = {}, .hoisted = {}};
  const JsonValue content = block["content"];
  if (content.is_string()) {
    if (!content.empty()) result.parts.push_back(text_part(content.text()));
  } else if (content.is_array()) {
    std::vector<ChatPart> parts;
    const JsonPath content_path(path, "content");
    std::size_t index = 0;
    for (const JsonValue element : content.elements()) {
      const JsonPath element_path(content_path, index++);
      if (auto appended = append_element(element, element_path, parts, reading); !appended) return appended.error();
    }
    place_media(std::move(parts), tool_id_to_provider(result.client_id, reading.settings()), result, reading);
  } else if (!content.is_nothing()) {
    return invalid(path + ".content: Input should be a valid string or list");
  }
  if (block["is_error"].is_true()) {
    if (result.parts.empty()) {
      result.parts.push_back(text_part("Error: tool failed"));
    } else if (!tells_of_an_error(result)) {
      result.parts.insert(result.parts.begin(), text_part("Error: "));
    }
  }
  if (result.parts.empty()) result.parts.push_back(text_part(reading.keep(escape(reading.settings().empty_tool_result))));
  return result;
}

}  // namespace balancer::gateway

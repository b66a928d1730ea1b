#include "gateway/dialect/openai_request/content_parts.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

constexpr auto kKinds = std::to_array<std::pair<std::string_view, ContentBlock>>({
    {"text", ContentBlock::kText},
    {"tool_use", ContentBlock::kToolUse},
    {"tool_result", ContentBlock::kToolResult},
    {"thinking", ContentBlock::kThinking},
    {"redacted_thinking", ContentBlock::kRedactedThinking},
    {"image", ContentBlock::kImage},
    {"document", ContentBlock::kDocument},
    {"search_result", ContentBlock::kSearchResult},
    {"server_tool_use", ContentBlock::kServerToolUse},
    {"mcp_tool_use", ContentBlock::kServerToolUse},
    {"mcp_tool_result", ContentBlock::kServerToolResult},
    {"web_search_tool_result", ContentBlock::kServerToolResult},
    {"web_fetch_tool_result", ContentBlock::kServerToolResult},
    {"code_execution_tool_result", ContentBlock::kServerToolResult},
    {"bash_code_execution_tool_result", ContentBlock::kServerToolResult},
    {"text_editor_code_execution_tool_result", ContentBlock::kServerToolResult},
    {"tool_search_tool_result", ContentBlock::kServerToolResult},
    {"advisor_tool_result", ContentBlock::kServerToolResult},
    {"container_upload", ContentBlock::kContainerUpload},
    {"compaction", ContentBlock::kCompaction},
    {"tool_reference", ContentBlock::kToolReference},
    {"browser_state", ContentBlock::kBrowserState},
    {"fallback", ContentBlock::kIgnored},
    {"mcp_tool_listing", ContentBlock::kIgnored},
    {"tool_addition", ContentBlock::kIgnored},
    {"tool_removal", ContentBlock::kIgnored},
});

constexpr std::string_view kImageEnd = R"("}})";

ConversionResult<void> append_image(JsonValue block, const JsonPath& path, std::vector<ChatPart>& parts,
                                    MessageReading& reading) {
  const JsonValue source = block["source"];
  const JsonValue type = source["type"];
  if (reading.settings().vision == Vision::kRefuse) {
    return unsupported(fmt::format("{}: images are not supported by provider {}", path.text(), reading.target.provider));
  }
  if (reading.settings().vision == Vision::kReplaceByText) {
    reading.dropped.emplace_back("image");
    parts.push_back(text_part("[image omitted: model has no vision]"));
    return {};
  }
  ChatPart part{.kind = ChatPart::Kind::kMedia, .tail = kImageEnd, .cache_control = block["cache_control"].raw()};
  if (type.says("base64") && source["data"].is_string()) {
    part.text = reading.keep(fmt::format(R"({{"type":"image_url","image_url":{{"url":"data:{};base64,)",
                                         source["media_type"].text()));
    part.data = source["data"].text();
    reading.media_bytes += part.data.size();
  } else if (type.says("url") && source["url"].is_string()) {
    part.text = R"({"type":"image_url","image_url":{"url":")";
    part.data = source["url"].text();
  } else {
    return unsupported(fmt::format("{}.source: images of type '{}' are not supported by provider {}", path.text(),
                                   type.decoded_text(), reading.target.provider));
  }
  ++reading.media_count;
  parts.push_back(part);
  return {};
}

ConversionResult<void> append_pdf(JsonValue block, const JsonPath& path, std::vector<ChatPart>& parts,
                                  MessageReading& reading) {
  if (reading.settings().pdf != PdfInput::kFile) {
    return unsupported(fmt::format("{}: PDF input is not supported by provider {}", path.text(), reading.target.provider));
  }
  const std::string_view title = block["title"].text();
  ChatPart part{.kind = ChatPart::Kind::kMedia, .tail = kImageEnd};
  part.text = reading.keep(fmt::format(
      R"({{"type":"file","file":{{"filename":"{}","file_data":"data:application/pdf;base64,)",
      title.empty() ? std::string_view("document.pdf") : title));
  part.data = block["source"]["data"].text();
  reading.media_bytes += part.data.size();
  ++reading.media_count;
  parts.push_back(part);
  return {};
}

// A string, or a list of text and image blocks, inside a wrapper of text.
ConversionResult<void> append_nested(JsonValue content, const JsonPath& path, std::vector<ChatPart>& parts,
                                     MessageReading& reading) {
  if (content.is_string()) {
    parts.push_back(text_part(content.text()));
    return {};
  }
  std::size_t index = 0;
  for (const JsonValue block : content.elements()) {
    const JsonPath block_path(path, index++);
    const ContentBlock kind = content_block(block);
    if (kind != ContentBlock::kText && kind != ContentBlock::kImage) return misplaced_block(block, block_path);
    if (auto appended = append_content(kind, block, block_path, parts, reading); !appended) return appended;
  }
  return {};
}

// "<name key=\"value\" ...>\n"; attributes that are absent are left out.
std::string opening_tag(std::string_view name, JsonValue block, std::initializer_list<std::string_view> attributes) {
  std::string tag = fmt::format("<{}", name);
  for (const std::string_view attribute : attributes) {
    const std::string_view value = block[attribute].text();
    if (!value.empty()) tag += fmt::format(R"( {}=\"{}\")", attribute, value);
  }
  tag += R"(>\n)";
  return tag;
}

ConversionResult<void> append_document(JsonValue block, const JsonPath& path, std::vector<ChatPart>& parts,
                                       MessageReading& reading) {
  const JsonValue source = block["source"];
  const JsonValue type = source["type"];
  if (type.says("base64") && source["media_type"].says("application/pdf") && source["data"].is_string()) {
    return append_pdf(block, path, parts, reading);
  }
  const bool plain = type.says("text") && source["data"].is_string();
  if (!plain && !type.says("content")) {
    return unsupported(fmt::format("{}.source: documents of type '{}' are not supported by provider {}", path.text(),
                                   type.decoded_text(), reading.target.provider));
  }
  parts.push_back(text_part(reading.keep(opening_tag("document", block, {"title"}))));
  if (const std::string_view context = block["context"].text(); !context.empty()) parts.push_back(text_part(context));
  const JsonPath source_path(path, "source");
  const JsonPath content_path(source_path, "content");
  if (auto nested = append_nested(plain ? source["data"] : source["content"], content_path, parts, reading); !nested) {
    return nested;
  }
  parts.push_back(text_part(R"(\n</document>)"));
  return {};
}

ConversionResult<void> append_search_result(JsonValue block, const JsonPath& path, std::vector<ChatPart>& parts,
                                            MessageReading& reading) {
  parts.push_back(text_part(reading.keep(opening_tag("search_result", block, {"source", "title"}))));
  if (auto nested = append_nested(block["content"], JsonPath(path, "content"), parts, reading); !nested) return nested;
  parts.push_back(text_part(R"(\n</search_result>)"));
  return {};
}

}  // namespace

ChatPart text_part(std::string_view raw_text) { return {.kind = ChatPart::Kind::kText, .text = raw_text}; }

ContentBlock content_block(JsonValue block) {
  const std::string_view raw_type = block["type"].text();
  for (const auto& [name, kind] : kKinds) {
    if (says(raw_type, name)) return kind;
  }
  return ContentBlock::kUnknown;
}

ConversionResult<void> append_content(ContentBlock kind, JsonValue block, const JsonPath& path,
                                      std::vector<ChatPart>& parts, MessageReading& reading) {
  switch (kind) {
    case ContentBlock::kText: {
      const JsonValue text = block["text"];
      if (!text.is_string()) return invalid(path + ".text: Input should be a valid string");
      if (is_blank(text.text())) return {};
      parts.push_back({.kind = ChatPart::Kind::kText, .text = text.text(),
                       .cache_control = block["cache_control"].raw()});
      return {};
    }
    case ContentBlock::kImage: return append_image(block, path, parts, reading);
    case ContentBlock::kDocument: return append_document(block, path, parts, reading);
    case ContentBlock::kSearchResult: return append_search_result(block, path, parts, reading);
    default: return misplaced_block(block, path);
  }
}

ConversionRefusal misplaced_block(JsonValue block, const JsonPath& path) {
  return invalid(fmt::format("{}.type: a block of type '{}' is not allowed here", path.text(), block["type"].decoded_text()));
}

ConversionRefusal refuse_container_upload(const JsonPath& path, const MessageReading& reading) {
  return unsupported(
      fmt::format("{}: container_upload is not supported by provider {}", path.text(), reading.target.provider));
}

ConversionResult<void> refuse_unknown_block(JsonValue block, const JsonPath& path, MessageReading& reading) {
  if (!block.is_object()) return invalid(path + ": Input should be an object");
  if (!block["type"].is_string()) return invalid(path + ".type: Field required");
  if (reading.settings().unknown_block == UnknownBlock::kDrop) {
    reading.dropped.emplace_back("unknown_block");
    return {};
  }
  std::string expected;
  for (const auto& [name, kind] : kKinds) {
    if (kind == ContentBlock::kIgnored) continue;
    expected += fmt::format("{}'{}'", expected.empty() ? "" : ", ", name);
  }
  return unsupported(fmt::format("{}: Input tag '{}' found using 'type' does not match any of the expected tags: {}",
                                 path.text(), block["type"].decoded_text().substr(0, 64), expected));
}

}  // namespace balancer::gateway

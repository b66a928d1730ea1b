#include "tests/fakes/http_response.hpp"

#include <string_view>
#include <utility>

namespace balancer::fakes {
namespace {

// The value behind "field:", less one leading space.
std::string_view field_value(std::string_view line, std::size_t colon) {
  line.remove_prefix(colon + 1);
  if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  return line;
}

}  // namespace

std::vector<SseEvent> parse_sse(const std::string& text) {
  std::vector<SseEvent> events;
  SseEvent event;
  bool has_data = false;
  std::size_t start = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    std::string_view line(text.data() + start, end - start);
    start = end + 1;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);

    if (line.empty()) {
      if (has_data) events.push_back(std::move(event));
      event = {};
      has_data = false;
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    if (name == "event") event.name = field_value(line, colon);
    if (name == "data") {
      if (has_data) event.data += '\n';
      event.data += field_value(line, colon);
      has_data = true;
    }
  }
  return events;
}

std::string HttpResponse::error_type() const {
  const nlohmann::json document = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  const nlohmann::json::json_pointer path("/error/type");
  return document.is_object() && document.contains(path) ? document.at(path).get<std::string>() : "";
}

std::vector<std::string> HttpResponse::event_names() const {
  std::vector<std::string> names;
  for (SseEvent& event : events()) names.push_back(std::move(event.name));
  return names;
}

std::string HttpResponse::streamed_text() const {
  std::string text;
  for (const SseEvent& event : events()) {
    if (event.name != "content_block_delta") continue;
    const nlohmann::json delta = nlohmann::json::parse(event.data).at("delta");
    if (delta.at("type") == "text_delta") text += delta.at("text").get<std::string>();
  }
  return text;
}

}  // namespace balancer::fakes

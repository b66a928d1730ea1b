// The texts in a chunk's delta, or in a message, by the many names that servers give them (protocol.md 3.2, 4.4 rules 3
// and 4).
#pragma once

#include <string_view>

#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

// Calls on_text(raw) for each text that is not empty.
template <class OnText>
void for_each_reasoning(JsonValue delta, OnText&& on_text) {
  const auto give = [&](JsonValue text) {
    if (!text.text().empty()) on_text(text.text());
  };
  // Where both are there, they say the same.
  for (const char* const name : {"reasoning_content", "reasoning"}) {
    if (const JsonValue text = delta[name]; !text.text().empty()) return on_text(text.text());
  }
  for (const JsonValue detail : delta["reasoning_details"].elements()) give(detail["text"]);
  for (const JsonValue part : delta["content"].elements()) {
    if (!part["type"].says("thinking")) continue;
    const JsonValue thinking = part["thinking"];
    give(thinking);
    for (const JsonValue piece : thinking.elements()) give(piece["text"]);
  }
}

template <class OnText>
void for_each_text(JsonValue delta, OnText&& on_text) {
  const JsonValue content = delta["content"];
  if (!content.text().empty()) on_text(content.text());
  for (const JsonValue part : content.elements()) {
    if (const JsonValue text = part["text"]; !text.text().empty()) on_text(text.text());
  }
}

}  // namespace balancer::gateway

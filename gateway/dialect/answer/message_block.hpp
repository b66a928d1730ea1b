// One content block of a message while its deltas come in.
#pragma once

#include <string>
#include <string_view>

#include "gateway/dialect/answer/content_block.hpp"
#include "gateway/dialect/answer/json_members.hpp"
#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

class MessageBlock {
 public:
  // Takes a content_block_start's "content_block"; false when it is not well-formed.
  [[nodiscard]] bool begin(JsonValue content_block);

  // False for a delta that is not known, says more than is known of it, or does not belong to a block of this kind.
  [[nodiscard]] bool apply(JsonValue delta);

  // Appends the block as it stands in a message; false when the pieces of its input are no JSON. `scratch` is used
  // during the call.
  [[nodiscard]] bool finish(std::string& out, JsonDocument& scratch);

 private:
  // Raw text.
  struct Text {
    std::string pieces;
    bool begun = false;
  };
  [[nodiscard]] static bool append(Text& text, JsonValue delta, std::string_view key);
  [[nodiscard]] bool append_citation(JsonValue delta);
  // Takes what the member says already.
  static void take(Text& text, JsonValue member);
  void put_back(std::string_view raw_key, const Text& text);
  void extend_citations();
  [[nodiscard]] bool set_input(JsonDocument& scratch);

  ContentBlockKind kind_ = ContentBlockKind::kWhole;
  // Of a block that is told whole.
  std::string whole_;
  // Of any other.
  JsonMembers members_;
  Text text_;
  Text thinking_;
  Text signature_;
  // The raw text of JSON text.
  Text input_;
  // As JSON, separated by commas.
  std::string citations_;
};

}  // namespace balancer::gateway

// One content block of a message while its deltas come in.
#pragma once

#include <string>

#include "gateway/dialect/answer/json_members.hpp"
#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

class MessageBlock {
 public:
  // Of a content_block_start's "content_block".
  explicit MessageBlock(JsonValue content_block) : members_(content_block) {}

  // False for a delta of a kind that is not known, or that does not say what its kind says.
  [[nodiscard]] bool apply(JsonValue delta);

  // Appends the block as it stands in a message; false when the pieces of its input are no JSON. `scratch` is used
  // during the call.
  [[nodiscard]] bool finish(std::string& out, JsonDocument& scratch);

 private:
  [[nodiscard]] bool append(std::string& pieces, JsonValue piece, bool& seen);
  // The string member with the pieces behind what it said already.
  void extend_text(std::string_view raw_key, const std::string& pieces);
  [[nodiscard]] bool set_input(JsonDocument& scratch);
  void extend_citations();

  JsonMembers members_;
  // Raw text.
  std::string text_;
  std::string thinking_;
  std::string signature_;
  // As JSON, separated by commas.
  std::string citations_;
  // Decoded: JSON itself.
  std::string input_;
  bool has_text_ = false;
  bool has_thinking_ = false;
  bool has_signature_ = false;
  bool has_input_ = false;
};

}  // namespace balancer::gateway

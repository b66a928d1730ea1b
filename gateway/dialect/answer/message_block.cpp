#include "gateway/dialect/answer/message_block.hpp"

#include <utility>

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

// What stands between the brackets of an array.
std::string_view inside(std::string_view raw) { return raw.substr(1, raw.size() - 2); }

}  // namespace

bool MessageBlock::begin(JsonValue content_block) {
  if (!is_well_formed_block(content_block)) return false;
  kind_ = kind_of_block(content_block);
  if (kind_ == ContentBlockKind::kWhole) {
    whole_ = content_block.raw();
    return true;
  }
  members_ = JsonMembers(content_block);
  if (kind_ == ContentBlockKind::kText) {
    take(text_, content_block["text"]);
  } else if (kind_ == ContentBlockKind::kThinking) {
    take(thinking_, content_block["thinking"]);
    take(signature_, content_block["signature"]);
  } else if (const JsonValue input = content_block["input"]; input.is_nothing() || input.raw() == "\"\"") {
    members_.set("input", "{}");
  }
  return true;
}

void MessageBlock::take(Text& text, JsonValue member) {
  text.begun = member.is_string();
  text.pieces = member.text();
}

bool MessageBlock::apply(JsonValue delta) {
  const JsonValue type = delta["type"];
  switch (kind_) {
    case ContentBlockKind::kText:
      if (type.says("citations_delta")) return append_citation(delta);
      return type.says("text_delta") && append(text_, delta, "text");
    case ContentBlockKind::kThinking:
      if (type.says("thinking_delta")) return append(thinking_, delta, "thinking");
      signature_.pieces.clear();
      return type.says("signature_delta") && append(signature_, delta, "signature");
    case ContentBlockKind::kTool:
      return type.says("input_json_delta") && append(input_, delta, "partial_json");
    case ContentBlockKind::kWhole:
      return false;
  }
  return false;
}

bool MessageBlock::append(Text& text, JsonValue delta, std::string_view key) {
  const JsonValue piece = delta[key];
  if (!piece.is_string() || !says_only(delta, {"type", key})) return false;
  text.begun = true;
  text.pieces += piece.text();
  return true;
}

bool MessageBlock::append_citation(JsonValue delta) {
  const JsonValue citation = delta["citation"];
  if (!citation.is_object() || !says_only(delta, {"type", "citation"})) return false;
  if (!citations_.empty()) citations_ += ',';
  citations_ += citation.raw();
  return true;
}

bool MessageBlock::finish(std::string& out, JsonDocument& scratch) {
  if (kind_ == ContentBlockKind::kWhole) {
    out += whole_;
    return true;
  }
  put_back("text", text_);
  put_back("thinking", thinking_);
  put_back("signature", signature_);
  if (!citations_.empty()) extend_citations();
  if (input_.begun && !set_input(scratch)) return false;
  members_.append_to(out);
  return true;
}

void MessageBlock::put_back(std::string_view raw_key, const Text& text) {
  if (!text.begun) return;
  std::string quoted;
  quoted.reserve(text.pieces.size() + 2);
  quoted += '"';
  quoted += text.pieces;
  quoted += '"';
  members_.set(raw_key, std::move(quoted));
}

void MessageBlock::extend_citations() {
  std::string all = "[";
  const std::string_view begun = members_.raw("citations");
  if (begun.starts_with('[') && !is_blank(inside(begun))) {
    all += inside(begun);
    all += ',';
  }
  all += citations_;
  all += ']';
  members_.set("citations", std::move(all));
}

bool MessageBlock::set_input(JsonDocument& scratch) {
  // A tool without arguments may be called with nothing at all.
  if (is_blank(input_.pieces)) return true;
  // Decoded when it is whole: a pair of surrogates may have been cut. One that stays alone cannot be decoded.
  if (has_lone_surrogate(input_.pieces)) return false;
  const Result<JsonValue> input = scratch.read_copy(decode_raw(input_.pieces));
  if (!input) return false;
  members_.set("input", std::string(input->raw()));
  return true;
}

}  // namespace balancer::gateway

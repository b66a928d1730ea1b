#include "gateway/dialect/answer/message_block.hpp"

#include <string_view>

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

// What stands between the quotes of a string, or the brackets of an array.
std::string_view inside(std::string_view raw) {
  if (raw.size() < 2) return {};
  return raw.substr(1, raw.size() - 2);
}

}  // namespace

bool MessageBlock::apply(JsonValue delta) {
  const JsonValue type = delta["type"];
  if (type.says("text_delta")) return append(text_, delta["text"], has_text_);
  if (type.says("thinking_delta")) return append(thinking_, delta["thinking"], has_thinking_);
  if (type.says("signature_delta")) {
    signature_.clear();
    return append(signature_, delta["signature"], has_signature_);
  }
  if (type.says("input_json_delta")) {
    const JsonValue piece = delta["partial_json"];
    if (!piece.is_string()) return false;
    has_input_ = true;
    append_decoded(input_, piece.text());
    return true;
  }
  if (!type.says("citations_delta") || !delta["citation"].is_object()) return false;
  if (!citations_.empty()) citations_ += ',';
  citations_ += delta["citation"].raw();
  return true;
}

bool MessageBlock::append(std::string& pieces, JsonValue piece, bool& seen) {
  if (!piece.is_string()) return false;
  seen = true;
  pieces += piece.text();
  return true;
}

bool MessageBlock::finish(std::string& out, JsonDocument& scratch) {
  if (has_text_) extend_text("text", text_);
  if (has_thinking_) extend_text("thinking", thinking_);
  if (has_signature_) members_.set("signature", '"' + signature_ + '"');
  if (!citations_.empty()) extend_citations();
  if (has_input_ && !set_input(scratch)) return false;
  members_.append_to(out);
  return true;
}

void MessageBlock::extend_text(std::string_view raw_key, const std::string& pieces) {
  std::string text = "\"";
  const std::string_view begun = members_.raw(raw_key);
  if (begun.starts_with('"')) text += inside(begun);
  text += pieces;
  text += '"';
  members_.set(raw_key, std::move(text));
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
  if (is_blank(input_)) {
    if (!members_.has("input")) members_.set("input", "{}");
    return true;
  }
  const Result<JsonValue> input = scratch.read_copy(input_);
  if (!input) return false;
  members_.set("input", std::string(input->raw()));
  return true;
}

}  // namespace balancer::gateway

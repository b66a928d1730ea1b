#include "gateway/dialect/anthropic_message.hpp"

#include <simdjson.h>

#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMaxErrorBytes = 256 * 1024;

void replace_count(std::int64_t& known, JsonValue usage, std::string_view key) {
  if (const std::optional<std::int64_t> count = usage[key].whole_number()) known = *count;
}

}  // namespace

void read_usage(std::string_view json, TokenUsage& known) {
  thread_local JsonDocument document;
  if (const JsonValue root = document.mark_copy(json)) {
    JsonValue usage = root["usage"];
    if (!usage.is_object()) usage = root["message"]["usage"];
    replace_count(known.uncached_input_token_count, usage, "input_tokens");
    replace_count(known.cache_creation_token_count, usage, "cache_creation_input_tokens");
    replace_count(known.cache_read_token_count, usage, "cache_read_input_tokens");
    known.input_token_count =
        known.uncached_input_token_count + known.cache_creation_token_count + known.cache_read_token_count;
    replace_count(known.output_token_count, usage, "output_tokens");
  }
  document.release_if_large();
}

std::optional<AnthropicError> read_error(std::string_view json) {
  if (json.size() > kMaxErrorBytes) return std::nullopt;
  dom::parser parser;
  dom::element root;
  if (parser.parse(json).get(root)) return std::nullopt;
  dom::object error;
  if (root["error"].get(error)) return std::nullopt;
  AnthropicError result;
  std::string_view text;
  if (!error["type"].get(text)) result.type = text;
  if (!error["message"].get(text)) result.message = text;
  if (!error["details"]["error_code"].get(text)) result.detail_code = text;
  return result;
}

}  // namespace balancer::gateway

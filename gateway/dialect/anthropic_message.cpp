#include "gateway/dialect/anthropic_message.hpp"

#include <simdjson.h>

namespace balancer::gateway {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMaxErrorBytes = 256 * 1024;

void replace_count(std::int64_t& known, simdjson::ondemand::object& usage, std::string_view key) {
  std::int64_t count = 0;
  if (!usage[key].get_int64().get(count)) known = count;
}

}  // namespace

void read_usage(std::string_view json, TokenUsage& known) {
  namespace ondemand = simdjson::ondemand;
  thread_local ondemand::parser parser;
  const simdjson::padded_string padded(json);
  ondemand::document document;
  ondemand::object root;
  ondemand::object usage;
  if (parser.iterate(padded).get(document) || document.get_object().get(root)) return;
  if (root["usage"].get_object().get(usage)) {
    ondemand::object message;
    if (root["message"].get_object().get(message) || message["usage"].get_object().get(usage)) return;
  }
  replace_count(known.uncached_input_token_count, usage, "input_tokens");
  replace_count(known.cache_creation_token_count, usage, "cache_creation_input_tokens");
  replace_count(known.cache_read_token_count, usage, "cache_read_input_tokens");
  known.input_token_count =
      known.uncached_input_token_count + known.cache_creation_token_count + known.cache_read_token_count;
  replace_count(known.output_token_count, usage, "output_tokens");
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

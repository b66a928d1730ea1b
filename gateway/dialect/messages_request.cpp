#include "gateway/dialect/messages_request.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/thinking_block.hpp"
#include "gateway/dialect/thinking_removal.hpp"

namespace balancer::gateway {
namespace {

// They stand in logs, header fields and messages; no model or provider has such a name.
constexpr std::size_t kLongestName = 1'024;

Error invalid(std::string message) { return {ErrorCode::kInvalidRequest, std::move(message), {}}; }

enum class Field { kModel, kStream, kMaxTokens, kProvider, kSystem, kMessages, kMetadata, kOther };

Field field_of(std::string_view key) {
  if (key == "model") return Field::kModel;
  if (key == "stream") return Field::kStream;
  if (key == "max_tokens") return Field::kMaxTokens;
  if (key == "provider") return Field::kProvider;
  if (key == "system") return Field::kSystem;
  if (key == "messages") return Field::kMessages;
  if (key == "metadata") return Field::kMetadata;
  return Field::kOther;
}

Result<Field> field_of(const JsonMember& member) {
  if (member.raw_key.find('\\') == std::string_view::npos) return field_of(member.raw_key);
  // "mod\u0065l" is "model" to the provider: it must be to us.
  const std::string_view quoted(member.raw_key.data() - 1, member.raw_key.size() + 2);
  const Result<std::string> key = decode_json_string(quoted);
  if (!key) return key.error();
  return field_of(*key);
}

std::int64_t whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

std::string json_string(std::string_view text) {
  using Json = nlohmann::json;
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

BodyEdit member_removal(std::span<const JsonMember> members, std::size_t index) {
  const JsonMember& member = members[index];
  if (index + 1 < members.size()) return {member.key_begin, members[index + 1].key_begin, {}};
  if (index > 0) return {members[index - 1].value_end, member.value_end, {}};
  return {member.key_begin, member.value_end, {}};
}

std::vector<BodyEdit> find_gateway_removals(const MessagesRequest& request, std::string_view body,
                                            const JsonObjectScanner& scanner) {
  if (const JsonValue root = scanner.scanned(body)) {
    const JsonValue messages = root["messages"];
    return may_hold_gateway_thinking(messages) ? find_gateway_thinking(body, messages) : std::vector<BodyEdit>();
  }
  const std::string_view messages = request.messages.of(body);
  if (messages.empty() || !may_hold_gateway_thinking(messages)) return {};
  return find_gateway_thinking(body, messages);
}

}  // namespace

Result<MessagesRequest> scan_messages_request(std::string_view body, JsonObjectScanner& scanner) {
  const auto members = scanner.scan(body);
  if (!members) return members.error();

  MessagesRequest request;
  bool has_model = false;
  bool has_stream = false;
  bool has_provider = false;
  for (std::size_t i = 0; i < members->size(); ++i) {
    const JsonMember& member = (*members)[i];
    const std::string_view value = body.substr(member.value_begin, member.value_end - member.value_begin);
    const Result<Field> field = field_of(member);
    if (!field) return invalid("the request body is not valid JSON");
    switch (*field) {
      case Field::kModel: {
        if (std::exchange(has_model, true)) return invalid("model: given more than once");
        Result<std::string> model = decode_json_string(value);
        if (!model || model->empty()) return invalid("model: Input should be a non-empty string");
        if (model->size() > kLongestName) return invalid("model: String should have at most 1024 bytes");
        request.model = std::move(*model);
        request.model_begin = member.value_begin;
        request.model_end = member.value_end;
        break;
      }
      case Field::kStream:
        if (std::exchange(has_stream, true)) return invalid("stream: given more than once");
        if (value != "true" && value != "false") return invalid("stream: Input should be a valid boolean");
        request.stream = value == "true";
        break;
      case Field::kMaxTokens:
        request.max_tokens = whole_number(value);
        break;
      case Field::kProvider: {
        // An object is OpenRouter's routing preference, not a pin.
        if (!value.starts_with('"')) break;
        if (std::exchange(has_provider, true)) return invalid("provider: given more than once");
        Result<std::string> provider = decode_json_string(value);
        if (!provider) return invalid("provider: Input should be a valid string");
        if (provider->size() > kLongestName) return invalid("provider: String should have at most 1024 bytes");
        request.pinned_provider = std::move(*provider);
        request.pin_removal = member_removal(*members, i);
        break;
      }
      case Field::kSystem:
        request.system = {member.value_begin, member.value_end};
        break;
      case Field::kMessages:
        request.messages = {member.value_begin, member.value_end};
        break;
      case Field::kMetadata:
        request.metadata = {member.value_begin, member.value_end};
        break;
      case Field::kOther:
        break;
    }
  }
  if (!has_model) return invalid("model: Field required");
  request.gateway_thinking_removals = find_gateway_removals(request, body, scanner);
  return request;
}

std::vector<BodyEdit> passthrough_edits(const MessagesRequest& request, std::string_view upstream_model,
                                        std::vector<BodyEdit> thinking_removals) {
  std::vector<BodyEdit> edits = std::move(thinking_removals);
  if (request.pin_removal) edits.push_back(*request.pin_removal);
  if (!upstream_model.empty() && upstream_model != request.model) {
    edits.push_back({request.model_begin, request.model_end, json_string(upstream_model)});
  }
  std::sort(edits.begin(), edits.end(), [](const BodyEdit& a, const BodyEdit& b) { return a.begin < b.begin; });
  return edits;
}

}  // namespace balancer::gateway

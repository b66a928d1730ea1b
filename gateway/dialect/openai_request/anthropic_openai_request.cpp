#include "gateway/dialect/openai_request/anthropic_openai_request.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "gateway/dialect/gateway_signature.hpp"
#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/openai_request/chat_writer.hpp"
#include "gateway/dialect/openai_request/generation_fields.hpp"
#include "gateway/dialect/openai_request/message_list.hpp"
#include "gateway/dialect/openai_request/reasoning_fields.hpp"
#include "gateway/dialect/openai_request/tool_list.hpp"

namespace balancer::gateway {
namespace {

constexpr std::int64_t kRoughBytesPerToken = 4;
constexpr std::int64_t kRoughTokensPerMedia = 1500;
// What the envelope of messages and tools adds to a body.
constexpr std::size_t kSpareBytes = 4096;

// With every lone surrogate repaired: some providers' readers refuse them.
ConversionResult<JsonValue> read_body(std::string_view body, JsonDocument& document) {
  Result<JsonValue> root = document.read(body);
  if (!root) return ConversionRefusal{RefusalKind::kInvalid, root.error()};
  if (!document.has_lone_surrogates()) return *root;
  std::string repaired(body);
  repair_lone_surrogates(repaired);
  root = document.read_copy(repaired);
  if (!root) return ConversionRefusal{RefusalKind::kInvalid, root.error()};
  return *root;
}

ReplyContext make_reply_context(const MessagesFields& fields, const RequestedThinking& thinking, const ToolList& tools,
                                MessageReading& reading, JsonValue root) {
  ReplyContext reply;
  reply.requested_model = root["model"].decoded_text();
  reply.stream = fields.stream.is_true();
  reply.thinking_wanted = thinking.mode == RequestedThinking::Mode::kEnabled;
  reply.thinking_omitted = thinking.omitted;
  reply.reasoning_tag = std::move(reading.reasoning_tag);
  for (std::string& name : tools.provider_names()) reply.offered_tools.insert(std::move(name));
  reply.tool_names = tools.names();
  reply.used_tool_ids = std::move(reading.tool_ids);
  for (const JsonValue stop : fields.stop_sequences.elements()) reply.stop_sequences.push_back(stop.decoded_text());
  if (const auto limit = fields.max_tokens.whole_number()) reply.max_tokens = static_cast<std::uint64_t>(*limit);
  return reply;
}

ConversionResult<ConvertedRequest> convert(JsonValue root, const ConversionTarget& target) {
  auto fields = read_messages_fields(root, target);
  if (!fields) return fields.error();
  std::vector<std::string> dropped = std::move(fields->dropped);
  auto tools = ToolList::read(*fields, target, dropped);
  if (!tools) return tools.error();
  auto system = read_system_texts(fields->system, JsonPath("system"));
  if (!system) return system.error();

  ChatConversation conversation(target.settings);
  MessageReading reading{.target = target,
                         .tool_names = tools->names(),
                         .conversation = conversation,
                         .dropped = dropped,
                         .reasoning_tag = reasoning_tag(target.provider, target.upstream_model),
                         .tool_ids = {}};
  auto list = read_message_list(fields->messages, reading);
  if (!list) return list.error();

  std::move(list->hoisted_system.begin(), list->hoisted_system.end(), std::back_inserter(*system));
  const JsonValue schema = answer_schema(*fields);
  if (std::string words = answer_instruction(schema, target.settings); !words.empty()) {
    system->push_back(text_part(conversation.keep(std::move(words))));
  }

  ConvertedRequest converted;
  std::string& out = converted.body;
  out.reserve(root.raw().size() + root.raw().size() / 8 + kSpareBytes);
  out += R"({"model":")";
  append_escaped(out, target.upstream_model);
  out += R"(","messages":)";
  append_chat_messages(out, *system, conversation, target.settings);
  tools->append(out, conversation.has_calls());
  append_generation_fields(out, *fields, target, dropped);
  const RequestedThinking thinking = requested_thinking(*fields, list->effort);
  append_reasoning_fields(out, thinking, target);
  append_answer_format(out, schema, target.settings);
  if (target.settings.prefill == Prefill::kContinue && !conversation.messages().empty() &&
      conversation.messages().back().role == ChatMessage::Role::kAssistant &&
      conversation.messages().back().calls.empty()) {
    out += R"(,"continue_final_message":true,"add_generation_prompt":false)";
  }
  out += '}';

  const std::size_t text_bytes = out.size() - std::min(out.size(), reading.media_bytes);
  const auto rough = static_cast<std::int64_t>(text_bytes) / kRoughBytesPerToken +
                     static_cast<std::int64_t>(reading.media_count) * kRoughTokensPerMedia;
  converted.reply = make_reply_context(*fields, thinking, *tools, reading, root);
  converted.reply.rough_input_tokens = std::max<std::int64_t>(1, rough);
  converted.dropped = std::move(dropped);
  return converted;
}

}  // namespace

ConversionResult<ConvertedRequest> convert_messages_request(std::string_view body, const ConversionTarget& target,
                                                            JsonDocument& document) {
  const auto root = read_body(body, document);
  if (!root) return root.error();
  auto converted = convert(*root, target);
  document.release_if_large();
  return converted;
}

}  // namespace balancer::gateway

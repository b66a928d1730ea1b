#include "gateway/dialect/openai_request/generation_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/digest/sha256.hpp"
#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/openai_request/model_traits.hpp"
#include "gateway/dialect/openai_request/tool_schema.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kNameDigits = 32;

class GenerationFields {
 public:
  GenerationFields(std::string& out, const MessagesFields& fields, const ConversionTarget& target,
                   std::vector<std::string>& dropped)
      : out_(out),
        fields_(fields),
        settings_(target.settings),
        traits_(model_traits(target.upstream_model)),
        session_(target.session_id),
        dropped_(dropped) {}

  void append() {
    append_limit();
    append_sampling();
    append_stop();
    append_stream();
    append_identity();
    append_service_tier();
  }

 private:
  void append_limit() {
    if (settings_.max_tokens_field == MaxTokensField::kNone) return;
    const bool renamed = settings_.max_tokens_field == MaxTokensField::kMaxCompletionTokens;
    std::uint64_t limit = 0;
    const std::string_view wanted = fields_.max_tokens.raw();
    std::from_chars(wanted.data(), wanted.data() + wanted.size(), limit);
    if (settings_.max_output_tokens) limit = std::min(limit, *settings_.max_output_tokens);
    out_ += fmt::format(R"(,"{}":{})", renamed ? "max_completion_tokens" : "max_tokens", limit);
  }

  void append_sampling() {
    const bool drops = settings_.sampling == Sampling::kDrop ||
                       (settings_.sampling == Sampling::kAuto && traits_.reasoning);
    append_number("temperature", fields_.temperature, !drops);
    append_number("top_p", fields_.top_p, !drops);
    const auto& extras = settings_.extras;
    append_number("top_k", fields_.top_k, std::find(extras.begin(), extras.end(), "top_k") != extras.end());
  }

  void append_number(std::string_view name, JsonValue value, bool taken) {
    if (value.kind() != JsonKind::kNumber) return;
    if (!taken) {
      dropped_.emplace_back(name);
      return;
    }
    out_ += fmt::format(R"(,"{}":{})", name, value.raw());
  }

  void append_stop() {
    const std::size_t most = traits_.refuses_stop ? 0 : settings_.max_stop;
    std::size_t count = 0;
    for (const JsonValue stop : fields_.stop_sequences.elements()) {
      if (!stop.is_string() || is_blank(stop.text())) continue;
      if (count == most) {
        dropped_.emplace_back("stop_sequences");
        break;
      }
      out_ += count++ == 0 ? R"(,"stop":[)" : ",";
      out_ += stop.raw();
    }
    if (count > 0) out_ += ']';
  }

  void append_stream() {
    if (!fields_.stream.is_true()) return;
    out_ += R"(,"stream":true)";
    if (!settings_.stream_usage) return;
    out_ += R"(,"stream_options":{"include_usage":true)";
    if (settings_.stream_obfuscation_off) out_ += R"(,"include_obfuscation":false)";
    out_ += '}';
  }

  // Neither says who it is: the provider only learns what belongs together.
  void append_identity() {
    const JsonValue user = fields_.metadata["user_id"];
    const std::string user_id = user.decoded_text();
    if (!user_id.empty() && settings_.user_field != UserField::kNone) {
      const bool user_field = settings_.user_field == UserField::kUser;
      out_ += fmt::format(R"(,"{}":"{}")", user_field ? "user" : "safety_identifier",
                          to_hex(sha256(user_id), kNameDigits));
    }
    const std::string session = session_.empty() ? session_in(user_id) : std::string(session_);
    if (settings_.prompt_cache_key && !session.empty()) {
      out_ += fmt::format(R"(,"prompt_cache_key":"{}")", to_hex(sha256(session), kNameDigits));
    }
  }

  // Claude Code writes the session into its user id: as JSON, or behind "_session_".
  static std::string session_in(const std::string& user_id) {
    for (const std::string_view mark : {R"("session_id":")", "_session_"}) {
      const std::size_t at = user_id.find(mark);
      if (at == std::string::npos) continue;
      const std::size_t begin = at + mark.size();
      return user_id.substr(begin, user_id.find('"', begin) - begin);
    }
    return {};
  }

  void append_service_tier() {
    const bool wanted = fields_.service_tier.says("standard_only");
    const bool fast = fields_.speed.says("fast");
    if (fast && settings_.service_tier == ServiceTier::kPriority) {
      out_ += R"(,"service_tier":"priority")";
      return;
    }
    if (fast) dropped_.emplace_back("speed");
    if (wanted && settings_.service_tier == ServiceTier::kDrop) dropped_.emplace_back("service_tier");
    if (wanted && settings_.service_tier != ServiceTier::kDrop) out_ += R"(,"service_tier":"default")";
  }

  std::string& out_;
  const MessagesFields& fields_;
  const ConversionSettings& settings_;
  const ModelTraits traits_;
  const std::string_view session_;
  std::vector<std::string>& dropped_;
};

}  // namespace

void append_generation_fields(std::string& out, const MessagesFields& fields, const ConversionTarget& target,
                              std::vector<std::string>& dropped) {
  GenerationFields(out, fields, target, dropped).append();
}

JsonValue answer_schema(const MessagesFields& fields) {
  for (const JsonValue format : {fields.output_config["format"], fields.output_format}) {
    if (format["type"].says("json_schema") && format["schema"].is_object()) return format["schema"];
  }
  return {};
}

void append_answer_format(std::string& out, JsonValue schema, const ConversionSettings& settings) {
  if (!schema || settings.structured == StructuredOutput::kNone) return;
  if (settings.structured == StructuredOutput::kJsonObject) {
    out += R"(,"response_format":{"type":"json_object"})";
    return;
  }
  out += R"(,"response_format":{"type":"json_schema","json_schema":{"name":"output","schema":)";
  out += schema.raw();
  out += is_strict_schema(schema) ? R"(,"strict":true}})" : R"(,"strict":false}})";
}

std::string answer_instruction(JsonValue schema, const ConversionSettings& settings) {
  if (!schema || settings.structured == StructuredOutput::kJsonSchema) return {};
  std::string text = R"(Reply with one JSON object and nothing else. It must conform to this JSON schema:\n)";
  append_escaped(text, schema.raw());
  return text;
}

}  // namespace balancer::gateway

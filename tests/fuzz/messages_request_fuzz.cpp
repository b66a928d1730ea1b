// Whatever a client sends is refused, or becomes a JSON object in which every tool call is answered before the
// conversation goes on (protocol.md 2.4).
//
// The first byte chooses the provider's settings.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "gateway/dialect/openai_request/anthropic_openai_request.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using namespace balancer;           // NOLINT(google-build-using-namespace)
using namespace balancer::gateway;  // NOLINT(google-build-using-namespace)
using balancer::fuzz::complain;
using Json = nlohmann::json;

ConversionSettings make_settings(std::uint8_t choice) {
  ConversionSettings settings;
  settings.mid_system = static_cast<MidSystem>(choice % 3);
  settings.reasoning_replay = static_cast<ReasoningReplay>(choice / 3 % 5);
  if ((choice & 16) != 0) settings.strict_alternation = false;
  if ((choice & 32) != 0) settings.tool_media = ToolMedia::kInline;
  if ((choice & 64) != 0) settings.cache_breakpoints = CacheBreakpoints::kKeep;
  if ((choice & 128) != 0) {
    settings.prefill = Prefill::kPass;
    settings.structured = StructuredOutput::kJsonObject;
    settings.schema_clean = {"$schema", "const"};
    settings.unknown_block = UnknownBlock::kDrop;
    settings.pdf = PdfInput::kFile;
    settings.tool_id_style = ToolIdStyle::kMistral9;
  }
  return settings;
}

// The ids of calls in `message` that the messages from `next` on do not answer at once.
void check_calls(const Json& messages, std::size_t index, std::string_view body) {
  const Json& message = messages[index];
  if (!message.contains("tool_calls")) return;
  std::multiset<std::string> open;
  for (const Json& call : message["tool_calls"]) open.insert(call["id"].get<std::string>());
  for (std::size_t i = index + 1; i < messages.size() && messages[i]["role"] == "tool"; ++i) {
    const auto answered = open.find(messages[i]["tool_call_id"].get<std::string>());
    if (answered == open.end()) complain("an answer that nobody asked for", body);
    open.erase(answered);
  }
  if (!open.empty()) complain("a call without an answer", body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  static JsonDocument document;
  const ConversionSettings settings = make_settings(data[0]);
  std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
  body.resize(body.size() + 64, '\0');
  const ConversionTarget target{.provider = "fuzz", .upstream_model = "gpt-5", .settings = settings, .session_id = {}};

  const auto converted = convert_messages_request(std::string_view(body).substr(0, size - 1), target, document);
  if (!converted) {
    if (converted.error().error.message.empty()) complain("a refusal without words", body);
    return 0;
  }
  // Numbers of any size stay as they are, and this reader knows only doubles: syntax errors alone count.
  const std::string& out = converted->body;
  if (!JsonDocument().read_copy(out)) complain("not JSON", out);
  const Json json = Json::parse(out, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return 0;
  for (std::size_t i = 0; i < json["messages"].size(); ++i) check_calls(json["messages"], i, out);
  return 0;
}

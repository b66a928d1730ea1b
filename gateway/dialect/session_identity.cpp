#include "gateway/dialect/session_identity.hpp"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "common/routing/session_key.hpp"
#include "common/text/ascii.hpp"
#include "gateway/dialect/conversation_beginning.hpp"

namespace balancer::gateway {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kMaxIdBytes = 256;
// What is larger than this is no client's description of its user.
constexpr std::size_t kMaxMetadataBytes = 16 * 1024;

bool is_usable_id(std::string_view id) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  return !id.empty() && id.size() <= kMaxIdBytes && std::none_of(id.begin(), id.end(), is_control);
}

bool is_set(std::string_view flag) { return !flag.empty() && flag != "0" && !ascii_iequal(flag, "false"); }

// The last member of that name, if it is a string; `object` is followed by at least 64 readable bytes.
std::string string_member(std::string_view object, std::string_view name) {
  ondemand::parser parser;
  ondemand::document document;
  ondemand::object members;
  if (parser.iterate(object.data(), object.size(), object.size() + simdjson::SIMDJSON_PADDING).get(document)) return {};
  if (document.get_object().get(members)) return {};
  std::string found;
  for (auto member : members) {
    std::string_view key;
    if (member.unescaped_key().get(key)) return {};
    if (key != name) continue;
    std::string_view value;
    found = member.value().get_string().get(value) ? std::string_view() : value;
  }
  return found;
}

// {"device_id":..,"account_uuid":..,"session_id":..} as a string, or user_<hash>_account_<id>_session_<id>.
std::string session_part(const std::string& user_id) {
  if (user_id.starts_with('{')) return string_member(simdjson::padded_string(user_id), "session_id");
  constexpr std::string_view kMark = "_session_";
  const std::size_t mark = user_id.rfind(kMark);
  if (!user_id.starts_with("user_") || mark == std::string::npos) return {};
  return user_id.substr(mark + kMark.size());
}

std::string session_in_metadata(std::string_view metadata) {
  if (!metadata.starts_with('{') || metadata.size() > kMaxMetadataBytes) return {};
  return session_part(string_member(metadata, "user_id"));
}

std::string session_in_metadata(JsonValue metadata) {
  if (!metadata.is_object() || metadata.raw().size() > kMaxMetadataBytes) return {};
  const std::string_view user_id = metadata["user_id"].text();
  return check_escapes(user_id) == Escapes::kValid ? session_part(decode_raw(user_id)) : std::string();
}

// `metadata`, `system` and `messages`: all as JSON text, or all as marked values.
template <class Json>
SessionIdentity identify(const SessionHints& hints, Json metadata, Json system, Json messages) {
  using routing::SessionEvidence;
  const bool compacted = is_set(hints.context_compacted);
  if (is_usable_id(hints.session_id)) {
    return {routing::session_key(hints.caller, SessionEvidence::kId, hints.session_id), compacted};
  }
  if (const std::string id = session_in_metadata(metadata); is_usable_id(id)) {
    return {routing::session_key(hints.caller, SessionEvidence::kId, id), compacted};
  }
  const ConversationBeginning beginning = read_beginning(system, messages);
  if (beginning.text.empty()) return {{}, compacted};
  return {routing::session_key(hints.caller, SessionEvidence::kBeginning, beginning.text),
          compacted || !beginning.answered};
}

}  // namespace

SessionIdentity identify_session(const SessionHints& hints, const MessagesRequest& request, std::string_view body) {
  return identify(hints, request.metadata.of(body), request.system.of(body), request.messages.of(body));
}

SessionIdentity identify_session(const SessionHints& hints, const MessagesRequest& request, std::string_view body,
                                 const JsonObjectScanner& scanner) {
  const JsonValue root = scanner.scanned(body);
  return root ? identify(hints, root["metadata"], root["system"], root["messages"])
              : identify_session(hints, request, body);
}

}  // namespace balancer::gateway

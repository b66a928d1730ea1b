// Which session a Messages request belongs to (protocol.md 5.5): a session stays with one provider, because its prompt
// cache lives there.
#pragma once

#include <string>
#include <string_view>

#include "gateway/dialect/messages_request.hpp"

namespace balancer::gateway {

struct SessionIdentity {
  // routing::session_key(); empty when nothing tells.
  std::string key;
  // There is no prompt cache to keep: the provider is to be chosen anew.
  bool start = false;
};

// What is known of the session beside the body.
struct SessionHints {
  // Configured name of the client's key: callers never share a session.
  std::string_view caller = {};
  // The value of x-claude-code-session-id; empty for none.
  std::string_view session_id = {};
  // The value of x-claude-code-context-compacted; empty for none. Any but "0" and "false" says that the conversation was
  // cut short.
  std::string_view context_compacted = {};
};

// By the header, else by the session that metadata.user_id names, else by how the conversation begins; with this alone,
// one that nobody has answered yet starts. What is malformed counts as absent; ids over 256 bytes and those with control
// characters do too. `request` was scanned from `body`, which is followed by at least 64 readable bytes.
[[nodiscard]] SessionIdentity identify_session(const SessionHints& hints, const MessagesRequest& request,
                                               std::string_view body);
// The same with less work where `scanner` still has the body that `request` was scanned from.
[[nodiscard]] SessionIdentity identify_session(const SessionHints& hints, const MessagesRequest& request,
                                               std::string_view body, const JsonObjectScanner& scanner);

}  // namespace balancer::gateway

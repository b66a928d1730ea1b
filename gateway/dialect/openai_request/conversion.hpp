// What goes into the conversion of a request to Chat Completions, and what comes out of it.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "common/error/error.hpp"
#include "common/snapshot/conversion.hpp"
#include "gateway/dialect/openai_request/tool_names.hpp"

namespace balancer::gateway {

// Whom a request is converted for. The views are only read during the conversion.
struct ConversionTarget {
  // Configured name; for error messages, and to recognise the provider's own thinking.
  std::string_view provider;
  std::string_view upstream_model;
  const ConversionSettings& settings;
  // The client's x-claude-code-session-id; empty when there was none.
  std::string_view session_id;
};

enum class RefusalKind {
  // Nobody could serve this request.
  kInvalid,
  // A provider of the Anthropic type could (protocol.md 2.2 "route").
  kUnsupported,
};

struct ConversionRefusal {
  RefusalKind kind = RefusalKind::kInvalid;
  // kInvalidRequest, or kNotFound with a detail code; the message begins with the JSON path of what is refused.
  Error error;
};

[[noreturn]] void throw_exception_from_error(const ConversionRefusal& refusal, const boost::source_location& where);

template <class T>
using ConversionResult = boost::system::result<T, ConversionRefusal>;

[[nodiscard]] ConversionRefusal invalid(std::string message);
[[nodiscard]] ConversionRefusal unsupported(std::string message);

// What the answer's conversion must know of the request. Owns what it holds.
struct ReplyContext {
  // As the client named it: what the answer names too.
  std::string requested_model;
  bool stream = false;
  // The client asked for thinking; what the provider reasons is otherwise dropped.
  bool thinking_wanted = false;
  // ... but not for its text.
  bool thinking_omitted = false;
  // See gateway_signature.hpp.
  std::string reasoning_tag;
  ToolNames tool_names;
  // Of the tools that were offered, as the provider knows them.
  std::unordered_set<std::string> offered_tools;
  // Tool call ids of the history, as the client knows them.
  std::unordered_set<std::string> used_tool_ids;
  std::vector<std::string> stop_sequences;
  std::optional<std::uint64_t> max_tokens;
  // A first guess from the size alone; the provider's count replaces it.
  std::int64_t rough_input_tokens = 1;
};

struct ConvertedRequest {
  std::string body;
  ReplyContext reply;
  // Fields and hints that the provider has no use for, as paths ("top_k", "thinking.display"); unknown ones by the
  // client's name.
  std::vector<std::string> dropped;
};

}  // namespace balancer::gateway

// Anthropic's own tool types (protocol.md 2.6), known by the beginning of their names: the dates behind it change.
#pragma once

#include <string_view>

namespace balancer::gateway {

enum class KnownToolKind {
  kCustom,
  // The client runs it: a function can stand for it.
  kFunction,
  // Anthropic's servers search the web.
  kSearch,
  // Anthropic's servers run it: left out.
  kServer,
  // Without a use here: all tools are offered from the start.
  kNeedless,
  // Cannot be left out or replaced.
  kUnsupported,
  kUnknown,
};

struct KnownTool {
  KnownToolKind kind = KnownToolKind::kUnknown;
  // Usual name, e.g. "web_search".
  std::string_view name;
  // Of kFunction: the members "description" and "parameters".
  std::string_view function;
};

[[nodiscard]] KnownTool known_tool(std::string_view type);

}  // namespace balancer::gateway

#include "gateway/dialect/openai_request/tool_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/openai_request/known_tools.hpp"
#include "gateway/dialect/openai_request/model_traits.hpp"
#include "gateway/dialect/openai_request/tool_schema.hpp"

namespace balancer::gateway {
namespace {

// Members of a tool that only Anthropic's servers understand.
constexpr auto kHints = std::to_array<std::string_view>(
    {"cache_control", "input_examples", "allowed_callers", "eager_input_streaming", "defer_loading"});

// A tool change names its tool in one of several ways.
std::string changed_tool_name(JsonValue block) {
  for (const JsonValue holder : {block, block["tool"], block["tool_reference"]}) {
    for (const char* const key : {"tool_name", "name"}) {
      if (const JsonValue name = holder[key]; name.is_string()) return name.decoded_text();
    }
  }
  return block["tool"].decoded_text();
}

}  // namespace

ToolList::ToolList(const ConversionTarget& target)
    : settings_(&target.settings),
      takes_parallel_switch_(target.settings.parallel_tool_calls &&
                             !model_traits(target.upstream_model).refuses_parallel_tool_calls) {}

ConversionResult<ToolList> ToolList::read(const MessagesFields& fields, const ConversionTarget& target,
                                          std::vector<std::string>& dropped) {
  ToolList list(target);
  list.choice_ = fields.tool_choice;
  if (!fields.tools.is_nothing() && !fields.tools.is_array()) return invalid("tools: Input should be a valid list");
  const JsonPath tools_path("tools");
  std::size_t index = 0;
  for (const JsonValue tool : fields.tools.elements()) {
    if (auto added = list.add(tool, JsonPath(tools_path, index++), target, dropped); !added) return added.error();
  }
  if (auto applied = list.apply_changes(fields.messages, target, dropped); !applied) return applied.error();
  if (auto checked = list.check(target, dropped); !checked) return checked.error();

  std::vector<std::string_view> names;
  names.reserve(list.tools_.size());
  for (const Tool& tool : list.tools_) names.push_back(tool.name);
  list.names_ = ToolNames(names);
  return list;
}

ConversionResult<void> ToolList::add(JsonValue tool, const JsonPath& path, const ConversionTarget& target,
                                     std::vector<std::string>& dropped) {
  if (!tool.is_object()) return invalid(path + ": Input should be an object");
  const std::string type = tool["type"].is_string() ? tool["type"].decoded_text() : "custom";
  const KnownTool known = known_tool(type);
  switch (known.kind) {
    case KnownToolKind::kCustom:
    case KnownToolKind::kFunction:
      break;
    case KnownToolKind::kSearch:
      if (settings_->web_search != WebSearch::kNone) {
        web_search_ = true;
        return {};
      }
      [[fallthrough]];
    case KnownToolKind::kServer:
      left_out_.emplace_back(known.name);
      dropped.push_back("tools." + std::string(known.name));
      return {};
    case KnownToolKind::kNeedless:
      dropped.push_back("tools." + std::string(known.name));
      return {};
    case KnownToolKind::kUnsupported:
      return unsupported(fmt::format("{}: {} is not supported by provider {}", path.text(), type, target.provider));
    case KnownToolKind::kUnknown:
      return unsupported(fmt::format("{}: Input tag '{}' found using 'type' does not match any of the expected tags",
                                     path.text(), type));
  }
  std::string name = tool["name"].is_string() ? tool["name"].decoded_text() : std::string(known.name);
  if (name.empty()) return invalid(path + ".name: Field required");
  if (offers(name)) return invalid(path + ": Tool names must be unique");
  for (const JsonField field : tool.fields()) {
    for (const std::string_view hint : kHints) {
      if (says(field.raw_key, hint)) dropped.push_back("tools." + std::string(hint));
    }
  }
  tools_.push_back({std::move(name), tool, known.function, tool["defer_loading"].is_true()});
  return {};
}

ConversionResult<void> ToolList::apply_changes(JsonValue messages, const ConversionTarget& target,
                                               std::vector<std::string>& dropped) {
  const JsonPath messages_path("messages");
  std::size_t index = 0;
  for (const JsonValue message : messages.elements()) {
    const JsonPath path(messages_path, index++);
    if (!message["role"].says("system")) continue;
    for (const JsonValue block : message["content"].elements()) {
      const JsonValue type = block["type"];
      const bool adds = type.says("tool_addition");
      if (!adds && !type.says("tool_removal")) continue;
      const std::string name = changed_tool_name(block);
      if (adds) {
        // Only a definition adds: a tool that is merely named has been offered from the start.
        const JsonValue definition = block["tool"].is_object() ? block["tool"] : block;
        if (!definition["input_schema"] || offers(name)) continue;
        if (auto added = add(definition, path, target, dropped); !added) return added;
      } else {
        std::erase_if(tools_, [&](const Tool& tool) { return tool.name == name; });
      }
    }
  }
  return {};
}

ConversionResult<void> ToolList::check(const ConversionTarget& target, std::vector<std::string>& dropped) {
  const bool forced = choice_["type"].says("tool");
  const std::string wanted = forced ? choice_["name"].decoded_text() : std::string();
  for (const std::string& name : left_out_) {
    // Only an error tells the model that nothing was searched; without it, it would make something up.
    if ((tools_.empty() && !web_search_) || wanted == name) {
      return unsupported(fmt::format("{} is not supported by provider {}", name, target.provider));
    }
  }
  if (web_search_ && wanted == "web_search") choice_ = {};
  if (!choice_.is_nothing() && !tools_.empty()) {
    const JsonValue type = choice_["type"];
    if (!type.says("auto") && !type.says("any") && !type.says("tool") && !type.says("none")) {
      return invalid("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'");
    }
    if (forced && !offers(wanted)) return invalid(fmt::format("tool_choice.name: Tool '{}' not found in tools", wanted));
  }
  const std::size_t most = settings_->max_tools;
  if (most == 0 || tools_.size() <= most) return {};
  // Those that the model would not have seen yet go first.
  for (auto tool = tools_.end(); tool != tools_.begin() && tools_.size() > most;) {
    --tool;
    if (!tool->deferred || tool->name == wanted) continue;
    dropped.emplace_back("tools.deferred");
    tool = tools_.erase(tool);
  }
  if (tools_.size() <= most) return {};
  return unsupported(fmt::format("tools: {} tools are more than the {} that provider {} takes", tools_.size(), most,
                                 target.provider));
}

bool ToolList::offers(std::string_view name) const {
  return std::any_of(tools_.begin(), tools_.end(), [&](const Tool& tool) { return tool.name == name; });
}

std::vector<std::string> ToolList::provider_names() const {
  std::vector<std::string> result;
  result.reserve(tools_.size());
  for (const Tool& tool : tools_) result.push_back(names_.to_provider(tool.name));
  return result;
}

void ToolList::append(std::string& out, bool history_has_calls) const {
  if (web_search_ && settings_->web_search == WebSearch::kOpenAiOptions) out += R"(,"web_search_options":{})";
  if (web_search_ && settings_->web_search == WebSearch::kPlugin) out += R"(,"plugins":[{"id":"web"}])";
  if (tools_.empty()) {
    if (!history_has_calls || !settings_->needs_tools_when_history) return;
    out += R"(,"tools":[{"type":"function","function":{"name":"unavailable","description":"Not available.",)"
           R"("parameters":{"type":"object","properties":{}}}}])";
    return;
  }
  out += R"(,"tools":[)";
  for (const Tool& tool : tools_) {
    if (&tool != &tools_.front()) out += ',';
    append_tool(out, tool);
  }
  out += ']';
  append_choice(out);
  if (choice_["disable_parallel_tool_use"].is_true() && takes_parallel_switch_) {
    out += R"(,"parallel_tool_calls":false)";
  }
}

void ToolList::append_tool(std::string& out, const Tool& tool) const {
  out += R"({"type":"function","function":{"name":")";
  append_escaped(out, names_.to_provider(tool.name));
  out += '"';
  if (!tool.known_function.empty()) {
    out += ',';
    out += tool.known_function;
    out += "}}";
    return;
  }
  const JsonValue description = tool.definition["description"];
  if (description.is_string() || settings_->tool_description_required) {
    out += R"(,"description":")";
    out += description.text();
    out += '"';
  }
  out += R"(,"parameters":)";
  const JsonValue schema = tool.definition["input_schema"];
  append_tool_schema(out, schema, settings_->schema_clean);
  if (tool.definition["strict"].is_true() && settings_->strict_tools && is_strict_schema(schema)) {
    out += R"(,"strict":true)";
  }
  out += "}}";
}

void ToolList::append_choice(std::string& out) const {
  const JsonValue type = choice_["type"];
  if (type.says("auto")) out += R"(,"tool_choice":"auto")";
  if (type.says("none")) out += R"(,"tool_choice":"none")";
  if (type.says("any")) out += settings_->tool_choice_required ? R"(,"tool_choice":"required")" : R"(,"tool_choice":"auto")";
  if (!type.says("tool")) return;
  out += R"(,"tool_choice":{"type":"function","function":{"name":")";
  append_escaped(out, names_.to_provider(choice_["name"].decoded_text()));
  out += "\"}}";
}

}  // namespace balancer::gateway

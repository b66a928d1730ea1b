#include "gateway/dialect/openai_request/known_tools.hpp"

#include <array>

namespace balancer::gateway {
namespace {

constexpr std::string_view kBash =
    R"("description":"Runs a command in a persistent bash session.","parameters":{"type":"object","properties":{)"
    R"("command":{"type":"string","description":"The command to run."},)"
    R"("restart":{"type":"boolean","description":"Restarts the session."}}})";

constexpr std::string_view kTextEditor =
    R"("description":"Views and edits text files.","parameters":{"type":"object","properties":{)"
    R"("command":{"type":"string","enum":["view","create","str_replace","insert","undo_edit"]},)"
    R"("path":{"type":"string","description":"Absolute path of a file or directory."},)"
    R"("file_text":{"type":"string","description":"For create: the file's content."},)"
    R"("old_str":{"type":"string","description":"For str_replace: the text to replace."},)"
    R"("new_str":{"type":"string","description":"For str_replace: the new text."},)"
    R"("insert_text":{"type":"string","description":"For insert: the text to insert."},)"
    R"("insert_line":{"type":"integer","description":"For insert: the line to insert behind."},)"
    R"("view_range":{"type":"array","items":{"type":"integer"},"description":"For view: first and last line."}},)"
    R"("required":["command","path"]})";

constexpr std::string_view kMemory =
    R"("description":"Keeps notes in files under /memories.","parameters":{"type":"object","properties":{)"
    R"("command":{"type":"string","enum":["view","create","str_replace","insert","delete","rename"]},)"
    R"("path":{"type":"string"},"view_range":{"type":"array","items":{"type":"integer"}},)"
    R"("file_text":{"type":"string"},"old_str":{"type":"string"},"new_str":{"type":"string"},)"
    R"("insert_line":{"type":"integer"},"insert_text":{"type":"string"},"old_path":{"type":"string"},)"
    R"("new_path":{"type":"string"}},"required":["command"]})";

struct Family {
  std::string_view prefix;
  KnownTool tool;
};

constexpr auto kFamilies = std::to_array<Family>({
    {"bash_", {KnownToolKind::kFunction, "bash", kBash}},
    {"text_editor_", {KnownToolKind::kFunction, "str_replace_based_edit_tool", kTextEditor}},
    {"memory_", {KnownToolKind::kFunction, "memory", kMemory}},
    {"web_search_", {KnownToolKind::kSearch, "web_search", {}}},
    {"web_fetch_", {KnownToolKind::kServer, "web_fetch", {}}},
    {"code_execution_", {KnownToolKind::kServer, "code_execution", {}}},
    {"advisor_", {KnownToolKind::kServer, "advisor", {}}},
    {"tool_search_tool_", {KnownToolKind::kNeedless, "tool_search", {}}},
    {"computer_", {KnownToolKind::kUnsupported, "computer", {}}},
    {"browser_toolset_", {KnownToolKind::kUnsupported, "browser", {}}},
    {"mcp_toolset", {KnownToolKind::kUnsupported, "mcp_toolset", {}}},
});

}  // namespace

KnownTool known_tool(std::string_view type) {
  if (type == "custom") return {KnownToolKind::kCustom, {}, {}};
  for (const Family& family : kFamilies) {
    if (type.starts_with(family.prefix)) return family.tool;
  }
  return {};
}

}  // namespace balancer::gateway

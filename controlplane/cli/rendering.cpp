#include "controlplane/cli/rendering.hpp"

#include "controlplane/cli/printable_text.hpp"
#include "controlplane/cli/yaml_text.hpp"

namespace balancer::controlplane::cli {
namespace {

std::string lines_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += printable(name) + '\n';
  return text;
}

}  // namespace

std::string rendered(const Rendering& rendering, OutputFormat format) {
  using Json = nlohmann::ordered_json;
  switch (format) {
    case OutputFormat::kTable: return rendering.text;
    case OutputFormat::kWide: return rendering.wide_text.empty() ? rendering.text : rendering.wide_text;
    case OutputFormat::kJson:
      return with_escaped_controls(rendering.json.dump(2, ' ', false, Json::error_handler_t::replace)) + '\n';
    case OutputFormat::kYaml: return yaml_text(rendering.json);
    case OutputFormat::kName: return lines_of(rendering.names);
  }
  return {};
}

}  // namespace balancer::controlplane::cli

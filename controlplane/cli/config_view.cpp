#include "controlplane/cli/config_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "controlplane/cli/printable_text.hpp"
#include "controlplane/cli/text_table.hpp"
#include "controlplane/cli/value_names.hpp"
#include "controlplane/cli/yaml_text.hpp"

namespace balancer::controlplane::cli {
namespace {

using nlohmann::ordered_json;
using Leaf = std::pair<std::string, ordered_json>;

std::string model_text(const v1::RouteTarget& target) {
  return target.upstream_model().empty() ? "passthrough" : target.upstream_model();
}

ordered_json target_json(const v1::RouteTarget& target) {
  return {{"provider", target.provider()},
          {"model", model_text(target)},
          {"priority", target.priority()},
          {"enabled", target.enabled()},
          {"weight", target.weight()}};
}

std::string element_path(const std::string& path, const ordered_json& element, std::size_t index) {
  const auto name = element.is_object() ? element.find("name") : element.end();
  if (element.is_object() && name != element.end() && name->is_string()) {
    return fmt::format("{}[{}]", path, name->get_ref<const std::string&>());
  }
  return fmt::format("{}[{}]", path, index);
}

void flatten(const std::string& path, const ordered_json& value, std::vector<Leaf>& leaves) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [key, member] : value.items()) flatten(path.empty() ? key : path + '.' + key, member, leaves);
  } else if (value.is_array() && !value.empty()) {
    std::size_t index = 0;
    for (const ordered_json& element : value) flatten(element_path(path, element, index++), element, leaves);
  } else {
    leaves.emplace_back(path, value);
  }
}

const ordered_json* find(const std::vector<Leaf>& leaves, const std::string& path) {
  const auto found = std::find_if(leaves.begin(), leaves.end(), [&](const Leaf& leaf) { return leaf.first == path; });
  return found != leaves.end() ? &found->second : nullptr;
}

std::string shown(const ordered_json& value) {
  return printable(value.is_string() ? value.get<std::string>() : value.dump());
}

std::string line_of(const ConfigDifference& difference) {
  const std::string path = printable(difference.path);
  if (difference.before.is_discarded()) return fmt::format("+ {}: {}\n", path, shown(difference.after));
  if (difference.after.is_discarded()) return fmt::format("- {}: {}\n", path, shown(difference.before));
  return fmt::format("~ {}: {} -> {}\n", path, shown(difference.before), shown(difference.after));
}

ordered_json or_null(const ordered_json& value) { return value.is_discarded() ? ordered_json(nullptr) : value; }

}  // namespace

Rendering config_rendering(const v1::GetConfigResponse& config) {
  Rendering rendering;
  rendering.json = ordered_json::parse(config.document(), nullptr, /*allow_exceptions=*/false);
  rendering.text = yaml_text(rendering.json);
  return rendering;
}

Rendering routes_rendering(const v1::GetConfigResponse& config) {
  std::vector<std::vector<std::string>> rows;
  Rendering rendering;
  rendering.json = {{"routes", ordered_json::array()}};
  for (const v1::RouteListing& route : config.routes()) {
    ordered_json& json = rendering.json["routes"].emplace_back();
    json = {{"pattern", route.pattern()},
            {"strategy", strategy_name(route.selection_strategy())},
            {"targets", ordered_json::array()}};
    rendering.names.push_back(route.pattern());
    for (const v1::RouteTarget& target : route.targets()) {
      rows.push_back({route.pattern(), std::string(strategy_name(route.selection_strategy())), target.provider(),
                      model_text(target), std::to_string(target.priority()), std::to_string(target.weight()),
                      target.enabled() ? "yes" : "no"});
      json["targets"].push_back(target_json(target));
    }
  }
  rendering.text =
      format_table({"PATTERN", "STRATEGY", "PROVIDER", "MODEL", "PRIORITY", "WEIGHT", "ENABLED"}, rows);
  return rendering;
}

std::vector<ConfigDifference> differences(const ordered_json& before, const ordered_json& after) {
  std::vector<Leaf> old_leaves;
  std::vector<Leaf> new_leaves;
  flatten({}, before, old_leaves);
  flatten({}, after, new_leaves);
  const ordered_json missing(ordered_json::value_t::discarded);
  std::vector<ConfigDifference> found;
  for (const auto& [path, value] : new_leaves) {
    const ordered_json* const old_value = find(old_leaves, path);
    if (old_value == nullptr) {
      found.push_back({path, missing, value});
    } else if (*old_value != value) {
      found.push_back({path, *old_value, value});
    }
  }
  for (const auto& [path, value] : old_leaves) {
    if (find(new_leaves, path) == nullptr) found.push_back({path, value, missing});
  }
  return found;
}

Rendering differences_rendering(const std::vector<ConfigDifference>& found) {
  Rendering rendering;
  rendering.json = {{"differences", ordered_json::array()}};
  for (const ConfigDifference& difference : found) {
    rendering.text += line_of(difference);
    rendering.json["differences"].push_back({{"path", difference.path},
                                             {"in_force", or_null(difference.before)},
                                             {"in_file", or_null(difference.after)}});
    rendering.names.push_back(difference.path);
  }
  return rendering;
}

}  // namespace balancer::controlplane::cli

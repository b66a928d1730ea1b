#include "controlplane/cli/client/model_choice.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "common/text/ascii.hpp"

namespace balancer::controlplane::cli {
namespace {

constexpr auto kAliases = std::to_array<std::string_view>({"haiku", "sonnet", "opus", "opusplan", "default"});

bool is_alias(std::string_view model) {
  return std::find(kAliases.begin(), kAliases.end(), model) != kAliases.end();
}

std::string first_with(std::string_view word, const std::vector<std::string>& listed) {
  const auto found = std::find_if(listed.begin(), listed.end(), [&](const std::string& id) {
    return is_discoverable(id) && ascii_lower(id).find(word) != std::string::npos;
  });
  return found == listed.end() ? std::string() : *found;
}

}  // namespace

std::vector<std::string> listed_models(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  std::vector<std::string> ids;
  if (!json.is_object()) return ids;
  const auto data = json.find("data");
  if (data == json.end() || !data->is_array()) return ids;
  for (const auto& model : *data) {
    if (!model.is_object()) continue;
    const auto id = model.find("id");
    if (id != model.end() && id->is_string()) ids.push_back(id->get<std::string>());
  }
  return ids;
}

bool is_discoverable(std::string_view model) {
  const std::string lower = ascii_lower(model);
  return lower.find("claude") != std::string::npos || lower.find("anthropic") != std::string::npos;
}

std::string choose_model(std::string_view wish, const std::vector<std::string>& listed) {
  if (wish.ends_with("[1m]")) wish.remove_suffix(4);
  if (!wish.empty() && !is_alias(wish)) return std::string(wish);
  if (wish == "opusplan") wish = "opus";
  if (!wish.empty() && wish != "default") return first_with(wish, listed);
  for (const std::string_view small : {"haiku", ""}) {
    if (std::string model = first_with(small, listed); !model.empty()) return model;
  }
  return listed.empty() ? std::string() : listed.front();
}

}  // namespace balancer::controlplane::cli

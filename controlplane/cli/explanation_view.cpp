#include "controlplane/cli/explanation_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "controlplane/cli/printable_text.hpp"
#include "controlplane/cli/text_table.hpp"
#include "controlplane/cli/time_view.hpp"
#include "controlplane/cli/value_names.hpp"

namespace balancer::controlplane::cli {
namespace {

using nlohmann::ordered_json;

std::string with_error(std::string text, const v1::ExplainedTarget& target) {
  return target.last_error().empty() ? text : text + ": " + target.last_error();
}

std::string cooling_text(const v1::ExplainedTarget& target) {
  const std::string left = remaining_text(target.remaining_cooldown());
  // Its time is up, and the one request that may try it is under way.
  return left == "0s" ? "being probed" : "cooling for " + left;
}

std::string verdict_text(const v1::ExplainedTarget& target) {
  const bool tried = target.position() > 0;
  switch (target.verdict()) {
    case v1::TARGET_VERDICT_COOLING:
      return with_error(cooling_text(target) + (tried ? ", tried as a last resort" : ""), target);
    case v1::TARGET_VERDICT_PROBE_DUE:
      return with_error(tried ? "cooldown over, tried as a probe" : "cooldown over, waits for a probe", target);
    case v1::TARGET_VERDICT_NOT_PINNED: return "another provider is asked for";
    case v1::TARGET_VERDICT_BUSY: return "busy: has as many requests as it may";
    case v1::TARGET_VERDICT_WARMING: return "usable, but warming up";
    default: return std::string(verdict_name(target.verdict()));
  }
}

std::string session_text(const v1::ExplainRouteResponse& explanation) {
  const std::string& home = explanation.session_provider();
  const auto first = std::find_if(explanation.targets().begin(), explanation.targets().end(),
                                  [](const v1::ExplainedTarget& target) { return target.position() == 1; });
  if (home.empty()) return "has no provider yet";
  if (first == explanation.targets().end()) return "has " + home;
  return first->provider() == home ? "goes to " + home : fmt::format("has {}, goes to {} now", home, first->provider());
}

std::string route_text(const v1::ExplainRouteResponse& explanation) {
  if (explanation.route().empty()) return "none";
  return fmt::format("{}  ({})", explanation.route(), strategy_name(explanation.selection_strategy()));
}

ordered_json text_or_null(const std::string& text) { return text.empty() ? ordered_json(nullptr) : ordered_json(text); }

ordered_json target_json(const v1::ExplainedTarget& target) {
  ordered_json json{{"position", nullptr},
                    {"provider", target.provider()},
                    {"model", target.upstream_model()},
                    {"verdict", verdict_name(target.verdict())},
                    {"remaining_cooldown_seconds", nullptr},
                    {"last_error", target.last_error()}};
  if (target.position() > 0) json["position"] = target.position();
  if (target.has_remaining_cooldown()) json["remaining_cooldown_seconds"] = seconds(target.remaining_cooldown());
  return json;
}

}  // namespace

std::string explanation_text(const v1::ExplainRouteRequest& question, const v1::ExplainRouteResponse& explanation) {
  std::string text = fmt::format("route     {}\n", printable(route_text(explanation)));
  if (!question.session_id().empty()) text += fmt::format("session   {}\n", printable(session_text(explanation)));
  if (!explanation.rejection().empty()) text += fmt::format("refused   {}\n", printable(explanation.rejection()));
  return text + targets_table(explanation);
}

std::string targets_table(const v1::ExplainRouteResponse& explanation) {
  if (explanation.targets().empty()) return {};
  std::vector<std::vector<std::string>> rows;
  for (const v1::ExplainedTarget& target : explanation.targets()) {
    rows.push_back({target.position() > 0 ? std::to_string(target.position()) : "", target.provider(),
                    target.upstream_model(), verdict_text(target)});
  }
  return format_table({"#", "PROVIDER", "MODEL", "VERDICT"}, rows);
}

nlohmann::ordered_json explanation_json(const v1::ExplainRouteResponse& explanation) {
  ordered_json json{{"route", text_or_null(explanation.route())},
                    {"selection_strategy", nullptr},
                    {"session_provider", text_or_null(explanation.session_provider())},
                    {"rejection", text_or_null(explanation.rejection())},
                    {"targets", ordered_json::array()}};
  if (!explanation.route().empty()) json["selection_strategy"] = strategy_name(explanation.selection_strategy());
  for (const v1::ExplainedTarget& target : explanation.targets()) json["targets"].push_back(target_json(target));
  return json;
}

bool is_order_random(const v1::ExplainRouteResponse& explanation) {
  const auto tried = std::count_if(explanation.targets().begin(), explanation.targets().end(),
                                   [](const v1::ExplainedTarget& target) { return target.position() > 0; });
  const v1::SelectionStrategy strategy = explanation.selection_strategy();
  return tried > 1 && explanation.session_provider().empty() &&
         (strategy == v1::SELECTION_STRATEGY_RANDOM || strategy == v1::SELECTION_STRATEGY_LEAST_LATENCY);
}

Rendering explanation_rendering(const v1::ExplainRouteRequest& question, const v1::ExplainRouteResponse& explanation) {
  Rendering rendering;
  rendering.text = explanation_text(question, explanation);
  rendering.json = explanation_json(explanation);
  for (const v1::ExplainedTarget& target : explanation.targets()) {
    if (target.position() > 0) rendering.names.push_back(target.provider());
  }
  return rendering;
}

}  // namespace balancer::controlplane::cli

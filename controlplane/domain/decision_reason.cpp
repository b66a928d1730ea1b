#include "controlplane/domain/decision_reason.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace balancer::controlplane {
namespace {

using routing::SelectionStrategy;

const ExplainedTarget* target_named(const RouteExplanation& explanation, std::string_view provider) {
  const auto found = std::find_if(explanation.targets.begin(), explanation.targets.end(),
                                  [&](const ExplainedTarget& target) { return target.provider == provider; });
  return found != explanation.targets.end() ? &*found : nullptr;
}

std::string_view why_not(routing::TargetVerdict verdict) {
  switch (verdict) {
    case routing::TargetVerdict::kCooling:
    case routing::TargetVerdict::kProbeDue: return "is cooling";
    case routing::TargetVerdict::kBusy: return "is busy";
    case routing::TargetVerdict::kDisabled: return "is disabled";
    case routing::TargetVerdict::kNotPinned: return "is not asked for";
    case routing::TargetVerdict::kWarming: return "is warming up";
    case routing::TargetVerdict::kUsable: return "is usable";
  }
  return "";
}

std::string_view by_strategy(SelectionStrategy strategy) {
  switch (strategy) {
    case SelectionStrategy::kPriority: return "first by priority";
    case SelectionStrategy::kRoundRobin: return "next in turn";
    case SelectionStrategy::kRandom: return "chosen at random";
    case SelectionStrategy::kWeighted: return "next in turn by weight";
    case SelectionStrategy::kLeastLatency: return "quickest of two";
  }
  return "";
}

// Those that would have been asked if they were well: "; A is cooling, B is busy".
std::string passed_over(const RouteExplanation& explanation) {
  std::string text;
  for (const ExplainedTarget& target : explanation.targets) {
    const bool told = target.position == 0 && (is_cooling(target.verdict) || target.verdict == routing::TargetVerdict::kBusy);
    if (!told) continue;
    text += fmt::format("{}{} {}", text.empty() ? "; " : ", ", target.provider, why_not(target.verdict));
  }
  return text;
}

std::string plan_reason(const routing::AttemptPlan& plan, const RouteExplanation& explanation,
                        std::string_view pinned_provider) {
  const routing::Candidate& first = plan.candidates.front();
  const auto at_first = std::find_if(explanation.targets.begin(), explanation.targets.end(),
                                     [](const ExplainedTarget& target) { return target.position == 1; });
  const std::string_view name = at_first != explanation.targets.end() ? std::string_view(at_first->provider) : "";
  if (!pinned_provider.empty()) return fmt::format("{}: the client asks for it by name", name);
  if (first.last_resort) return fmt::format("{}: every provider of the route cools, it is soonest back", name);
  if (first.probe) return fmt::format("{}: its cooldown is over, this request tries it", name);
  const std::string& home = explanation.session_provider;
  if (!home.empty() && home == name) return fmt::format("{}: the session stays with it", name);
  if (!home.empty()) {
    const ExplainedTarget* const left = target_named(explanation, home);
    const bool gone = left == nullptr || is_usable(left->verdict);
    return fmt::format("{}: the session's provider {} {}", name, home,
                       gone ? "serves that model no longer" : why_not(left->verdict));
  }
  return fmt::format("{}: {}{}", name, by_strategy(explanation.strategy), passed_over(explanation));
}

}  // namespace

std::string decision_reason(const routing::RoutingDecision& decision, const RouteExplanation& explanation,
                            std::string_view pinned_provider) {
  if (const auto* rejection = std::get_if<routing::Rejection>(&decision)) return rejection->message;
  if (const auto* elsewhere = std::get_if<routing::AnswerElsewhere>(&decision)) {
    const bool cached = elsewhere->where == routing::AnswerElsewhere::Where::kCached;
    return cached ? "answered from the cache" : "joins the same question, which another gateway is asking";
  }
  return plan_reason(std::get<routing::AttemptPlan>(decision), explanation, pinned_provider);
}

}  // namespace balancer::controlplane

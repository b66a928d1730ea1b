#include "controlplane/cli/client/doctor_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/process/exit_status.hpp"

namespace balancer::controlplane::cli {
namespace {

std::string_view color_of(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::kOk: return "\x1b[32m";
    case CheckVerdict::kWarning: return "\x1b[33m";
    case CheckVerdict::kFailed: return "\x1b[31m";
    case CheckVerdict::kSkipped: return "\x1b[2m";
  }
  return {};
}

std::string colored(CheckVerdict verdict, std::string_view text, Coloring coloring) {
  if (coloring == Coloring::kPlain) return std::string(text);
  return fmt::format("{}{}\x1b[0m", color_of(verdict), text);
}

std::string summary(const DoctorReport& report) {
  std::string text = report.count(CheckVerdict::kFailed) == 0 ? "Claude Code can use this gateway"
                                                              : "Claude Code will have trouble here";
  char separator = ':';
  for (const CheckVerdict verdict :
       {CheckVerdict::kFailed, CheckVerdict::kWarning, CheckVerdict::kSkipped, CheckVerdict::kOk}) {
    const std::size_t count = report.count(verdict);
    if (count == 0) continue;
    const bool plural = verdict == CheckVerdict::kWarning && count > 1;
    text += fmt::format("{} {} {}{}", separator, count, name_of(verdict), plural ? "s" : "");
    separator = ',';
  }
  return text + "\n";
}

}  // namespace

std::string_view name_of(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::kOk: return "ok";
    case CheckVerdict::kWarning: return "warning";
    case CheckVerdict::kFailed: return "failed";
    case CheckVerdict::kSkipped: return "skipped";
  }
  return {};
}

std::size_t DoctorReport::count(CheckVerdict verdict) const {
  return static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(), [&](const Check& check) { return check.verdict == verdict; }));
}

int exit_status(const DoctorReport& report) {
  return report.count(CheckVerdict::kFailed) == 0 ? kExitDone : kExitFailed;
}

std::string report_text(const DoctorReport& report, Coloring coloring) {
  constexpr std::size_t kVerdictWidth = 7;
  std::size_t width = 0;
  for (const Check& check : report.checks) width = std::max(width, check.name.size());

  std::string text = fmt::format("Gateway {}\n\n", report.base_url);
  for (const Check& check : report.checks) {
    const std::string verdict = fmt::format("{:<{}}", name_of(check.verdict), kVerdictWidth);
    text += fmt::format("{}  {:<{}}  {}", colored(check.verdict, verdict, coloring), check.name, width, check.seen);
    if (check.took) text += fmt::format(" ({} ms)", check.took->count());
    text += "\n";
    if (!check.advice.empty()) text += fmt::format("{:{}}-> {}\n", "", kVerdictWidth + width + 4, check.advice);
  }
  return text + "\n" + summary(report);
}

nlohmann::ordered_json report_json(const DoctorReport& report) {
  using Json = nlohmann::ordered_json;
  Json checks = Json::array();
  for (const Check& check : report.checks) {
    Json each{{"name", check.name}, {"verdict", name_of(check.verdict)}, {"seen", check.seen}};
    if (check.took) each["milliseconds"] = check.took->count();
    if (!check.advice.empty()) each["advice"] = check.advice;
    checks.push_back(std::move(each));
  }
  return {{"base_url", report.base_url},
          {"healthy", report.count(CheckVerdict::kFailed) == 0},
          {"checks", std::move(checks)}};
}

}  // namespace balancer::controlplane::cli

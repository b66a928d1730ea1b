#include "tests/integration/doctor/examination.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace balancer::integration {

using namespace controlplane::cli;

DoctorSettings settings_for(const std::string& base_url) {
  DoctorSettings settings;
  settings.base_url = base_url;
  settings.auth_token = Secret(kToken);
  settings.timeout = std::chrono::seconds(20);
  settings.environment = [](std::string_view) { return std::nullopt; };
  return settings;
}

const Check& check_named(const DoctorReport& report, const std::string& name) {
  const auto check = std::find_if(report.checks.begin(), report.checks.end(),
                                  [&](const Check& each) { return each.name == name; });
  if (check == report.checks.end()) throw std::out_of_range(name + " is not in\n" + everything_said(report));
  return *check;
}

std::string verdicts(const DoctorReport& report) {
  std::string text;
  for (const Check& check : report.checks) {
    text += (text.empty() ? "" : ", ") + check.name + " " + std::string(name_of(check.verdict));
  }
  return text;
}

std::string everything_said(const DoctorReport& report) {
  return report_text(report, Coloring::kPlain) + report_json(report).dump();
}

}  // namespace balancer::integration

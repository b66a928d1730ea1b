// What an examination found, and how it is told.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/cli/terminal.hpp"

namespace balancer::controlplane::cli {

enum class CheckVerdict { kOk, kWarning, kFailed, kSkipped };

[[nodiscard]] std::string_view name_of(CheckVerdict verdict);

struct Check {
  std::string name;
  CheckVerdict verdict = CheckVerdict::kOk;
  // Why it was skipped, where it was.
  std::string seen{};
  // What to do about it; empty where there is nothing to be done.
  std::string advice{};
  // Of checks that wait for an answer.
  std::optional<std::chrono::milliseconds> took{};
};

// Holds no credential, and nothing that a terminal would obey.
struct DoctorReport {
  std::string base_url;
  std::vector<Check> checks;

  [[nodiscard]] std::size_t count(CheckVerdict verdict) const;
};

// kExitDone when nothing failed, else kExitFailed: warnings and skipped checks do not fail.
[[nodiscard]] int exit_status(const DoctorReport& report);

[[nodiscard]] std::string report_text(const DoctorReport& report, Coloring coloring);
[[nodiscard]] nlohmann::ordered_json report_json(const DoctorReport& report);

}  // namespace balancer::controlplane::cli

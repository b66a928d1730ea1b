// An examination as a user would have it, without what the test's own environment says.
#pragma once

#include <string>

#include "controlplane/cli/client/doctor.hpp"

namespace balancer::integration {

inline constexpr const char* kToken = "gw-secret-0123456789";

// No proxies, and ANTHROPIC_AUTH_TOKEN alone.
[[nodiscard]] controlplane::cli::DoctorSettings settings_for(const std::string& base_url);

// Throws std::out_of_range, with the whole report, when there is no check of that name.
[[nodiscard]] const controlplane::cli::Check& check_named(const controlplane::cli::DoctorReport& report,
                                                          const std::string& name);

// "connection ok, model list failed, ..."
[[nodiscard]] std::string verdicts(const controlplane::cli::DoctorReport& report);

// Both forms of the report.
[[nodiscard]] std::string everything_said(const controlplane::cli::DoctorReport& report);

}  // namespace balancer::integration

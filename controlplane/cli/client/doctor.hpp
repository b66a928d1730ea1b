// `balancerctl doctor`: examines a running gateway as Claude Code would use it.
#pragma once

#include <chrono>
#include <string>

#include "common/config/secret.hpp"
#include "common/process/process_environment.hpp"
#include "controlplane/cli/client/doctor_report.hpp"

namespace balancer::controlplane::cli {

inline constexpr const char* kDefaultBaseUrl = "http://127.0.0.1:9090";

struct DoctorSettings {
  std::string base_url = kDefaultBaseUrl;
  Secret api_key;
  Secret auth_token;
  // Empty: one that the gateway lists.
  std::string model;
  // Nothing is asked that costs tokens.
  bool offline = false;
  // For each answer; some must come sooner, because Claude Code does not wait as long for them.
  std::chrono::milliseconds timeout{60'000};
  // Authorities besides the system's.
  std::string ca_file;
  // For the proxy variables.
  Environment environment = process_environment();
};

// As Claude Code would read them: ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN, ANTHROPIC_MODEL,
// NODE_EXTRA_CA_CERTS.
[[nodiscard]] DoctorSettings doctor_settings(const Environment& environment);

// Asks at most five times. A check that cannot be made after what was found is skipped, and says why.
[[nodiscard]] DoctorReport examine(const DoctorSettings& settings);

}  // namespace balancer::controlplane::cli

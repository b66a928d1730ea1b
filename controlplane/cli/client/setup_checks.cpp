#include "controlplane/cli/client/setup_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "controlplane/cli/client/proxy_variables.hpp"

namespace balancer::controlplane::cli {
namespace {

// A key that was copied with a line break or a blank is refused by servers, or cannot even be sent.
bool holds_stray_characters(const std::string& value) {
  return std::any_of(value.begin(), value.end(),
                     [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; });
}

}  // namespace

Check check_base_url(const BaseUrlReading& reading) {
  Check check{.name = "base URL"};
  if (!reading.faults.empty()) {
    check.verdict = CheckVerdict::kFailed;
    check.seen = fmt::format("{}: {}", reading.shown, fmt::join(reading.faults, "; "));
    check.advice = reading.url ? "set ANTHROPIC_BASE_URL=" + reading.url->text()
                               : "set ANTHROPIC_BASE_URL to scheme, host and port, such as " + std::string(kDefaultBaseUrl);
    return check;
  }
  check.seen = reading.url->text();
  if (!reading.url->tls && !reading.url->is_loopback()) {
    check.verdict = CheckVerdict::kWarning;
    check.seen += " is not encrypted: keys and prompts can be read on the way";
    check.advice = "use https:// beyond this machine and networks that you trust";
  }
  return check;
}

Check check_credentials(const DoctorSettings& settings) {
  Check check{.name = "credentials"};
  const bool has_key = !settings.api_key.empty();
  const bool has_token = !settings.auth_token.empty();
  for (const auto& [name, secret] : {std::pair("ANTHROPIC_API_KEY", &settings.api_key),
                                     std::pair("ANTHROPIC_AUTH_TOKEN", &settings.auth_token)}) {
    if (!holds_stray_characters(secret->reveal())) continue;
    check.verdict = CheckVerdict::kFailed;
    check.seen = fmt::format("the value of {} has a blank or a line break in it", name);
    check.advice = "set it again without";
    return check;
  }
  if (has_key && has_token) {
    check.verdict = CheckVerdict::kWarning;
    check.seen = "ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN are both set: Claude Code sends both, and the gateway "
                 "chooses one";
    check.advice = "unset ANTHROPIC_API_KEY";
  } else if (has_token) {
    check.seen = "ANTHROPIC_AUTH_TOKEN is set: sent as Authorization: Bearer";
  } else if (has_key) {
    check.seen = "ANTHROPIC_API_KEY is set: sent as x-api-key";
  } else {
    check.verdict = CheckVerdict::kWarning;
    check.seen = "neither ANTHROPIC_AUTH_TOKEN nor ANTHROPIC_API_KEY is set: Claude Code will ask for a login";
    check.advice = "set ANTHROPIC_AUTH_TOKEN to a key of the gateway, or to any value if it has none";
  }
  return check;
}

Check check_proxy(const DoctorSettings& settings, const BaseUrl& url) {
  Check check{.name = "proxy"};
  const auto variable = capturing_proxy_variable(settings.environment, url);
  if (!variable) {
    check.seen = "none in the way";
    return check;
  }
  check.verdict = CheckVerdict::kWarning;
  if (url.is_loopback()) {
    check.seen = fmt::format("{} is set: Claude Code asks that proxy for {}, which it cannot reach on this machine",
                             *variable, url.authority());
  } else {
    check.seen = fmt::format("{} is set: Claude Code goes through that proxy, the checks below do not", *variable);
  }
  check.advice = fmt::format("if it should not, add {} to NO_PROXY", exception_for(url));
  return check;
}

}  // namespace balancer::controlplane::cli

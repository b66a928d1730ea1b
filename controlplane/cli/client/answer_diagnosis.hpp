// What is wrong with an answer, whatever was asked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "controlplane/cli/client/doctor.hpp"
#include "controlplane/cli/client/http_probe.hpp"

namespace balancer::controlplane::cli {

inline constexpr const char* kWrongPathAdvice =
    "the path is wrong: does the base URL lead to the gateway, with all of its prefix?";

// A server's own words as they may be shown: without the credentials, on one line, not too long.
[[nodiscard]] std::string quotable(std::string_view text, const DoctorSettings& settings);

// `error.message` of an error body in Anthropic's form; nothing for any other body.
[[nodiscard]] std::optional<std::string> error_message(std::string_view body);

// The failed check, when there was no complete answer or its status is not 200; nothing otherwise.
[[nodiscard]] std::optional<Check> diagnose(std::string name, const ProbeAnswer& answer, const DoctorSettings& settings);

}  // namespace balancer::controlplane::cli

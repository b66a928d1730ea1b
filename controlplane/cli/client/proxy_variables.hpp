// HTTP_PROXY and its kin, as Claude Code reads them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/process/process_environment.hpp"
#include "controlplane/cli/client/base_url.hpp"

namespace balancer::controlplane::cli {

// Whether a NO_PROXY of this value excepts the server: "*", host, host:port, .domain.
[[nodiscard]] bool excepts_from_proxy(std::string_view no_proxy, const BaseUrl& url);

// The NO_PROXY entry that excepts the server.
[[nodiscard]] std::string exception_for(const BaseUrl& url);

// The name of the variable that makes Claude Code ask a proxy for this server; nothing when it connects to it directly.
[[nodiscard]] std::optional<std::string> capturing_proxy_variable(const Environment& environment, const BaseUrl& url);

}  // namespace balancer::controlplane::cli

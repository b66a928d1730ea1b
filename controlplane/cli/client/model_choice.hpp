// Which model the gateway is asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace balancer::controlplane::cli {

// The ids of a /v1/models answer; empty where it is none.
[[nodiscard]] std::vector<std::string> listed_models(std::string_view body);

// Claude Code's discovery keeps no others.
[[nodiscard]] bool is_discoverable(std::string_view model);

// `wish` as Claude Code sends it (without "[1m]"; "opus", "sonnet" and "haiku" are resolved by the list). Without a wish
// a listed one, a small one first. Empty when there is nothing to go by.
[[nodiscard]] std::string choose_model(std::string_view wish, const std::vector<std::string>& listed);

}  // namespace balancer::controlplane::cli

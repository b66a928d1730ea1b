#include "controlplane/cli/output.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/process/exit_status.hpp"
#include "controlplane/cli/printable_text.hpp"

namespace balancer::controlplane::cli {

void print_json(const nlohmann::ordered_json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

int fail(const Error& error) {
  fmt::print(stderr, "balancerctl: {}\n", printable(error.message));
  return error.code == ErrorCode::kInvalidRequest ? kExitUsage : kExitFailed;
}

}  // namespace balancer::controlplane::cli

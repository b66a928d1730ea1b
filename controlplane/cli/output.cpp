#include "controlplane/cli/output.hpp"

#include <fmt/format.h>

#include "common/process/exit_status.hpp"
#include "controlplane/cli/printable_text.hpp"

namespace balancer::controlplane::cli {

void print(const Rendering& rendering, OutputFormat format) { fmt::print("{}", rendered(rendering, format)); }

int fail(const Error& error) {
  fmt::print(stderr, "balancerctl: {}\n", printable(error.message));
  return error.code == ErrorCode::kInvalidRequest ? kExitUsage : kExitFailed;
}

}  // namespace balancer::controlplane::cli

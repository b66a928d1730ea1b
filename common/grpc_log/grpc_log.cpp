#include "common/grpc_log/grpc_log.hpp"

#include <grpc/support/log.h>

#include <chrono>
#include <string_view>

#include "common/log/log.hpp"
#include "common/log/rare_notice.hpp"

namespace balancer::log {
namespace {

// By gRPC's judgement: an error to it is some call or connection to us.
Level level_of(gpr_log_severity severity) {
  switch (severity) {
    case GPR_LOG_SEVERITY_DEBUG:
    case GPR_LOG_SEVERITY_INFO: return Level::kDebug;
    case GPR_LOG_SEVERITY_ERROR: break;
  }
  return Level::kWarning;
}

// Says a line for each handshake that fails, which anybody who reaches a port could fill a disk with.
void take_line(gpr_log_func_args* line) {
  static RareNotice notice;
  const std::string_view message = line->message;
  if (message.find("Handshake failed") == std::string_view::npos) {
    return write(level_of(line->severity), "gRPC", {{"message", message}});
  }
  if (const auto count = notice.happened(std::chrono::steady_clock::now())) {
    warn("a TLS handshake of gRPC failed", {{"reason", message}, {"times", *count}});
  }
}

}  // namespace

void take_grpc_lines() { gpr_set_log_function(&take_line); }

void drop_grpc_lines() {
  gpr_set_log_function([](gpr_log_func_args*) {});
}

}  // namespace balancer::log

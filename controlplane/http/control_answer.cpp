#include "controlplane/http/control_answer.hpp"

#include <fmt/format.h>

#include "common/error/http_error.hpp"

namespace balancer::controlplane {
namespace {

ControlAnswer failure(const Error& error, std::string_view request_id) {
  return {.status = http_form(error.code).status, .body = shared_error_body(error, request_id), .allow = {}};
}

bool is_known(std::string_view path) {
  return path == "/" || path == "/livez" || path == "/readyz" || path == "/metrics";
}

}  // namespace

ControlAnswer answer_control_request(std::string_view method, std::string_view path, Readiness readiness,
                                     std::string_view request_id) {
  if (!is_known(path)) return failure({ErrorCode::kNotFound, "no such path", {}}, request_id);
  if (method != "GET" && method != "HEAD") {
    ControlAnswer refused = failure({ErrorCode::kMethodNotAllowed, "this path answers GET and HEAD", {}}, request_id);
    refused.allow = "GET, HEAD";
    return refused;
  }
  if (path == "/livez") return {.status = 200, .body = R"({"status":"live"})", .allow = {}};
  if (path == "/readyz") {
    if (readiness == Readiness::kReady) return {.status = 200, .body = R"({"status":"ready"})", .allow = {}};
    return {.status = 503, .body = R"({"status":"not_ready"})", .allow = {}};
  }
  return {.status = 200,
          .body = fmt::format(R"({{"service":"balancer-controlplane","version":"{}"}})", BALANCER_VERSION),
          .allow = {}};
}

}  // namespace balancer::controlplane

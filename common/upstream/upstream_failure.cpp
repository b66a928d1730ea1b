#include "common/upstream/upstream_failure.hpp"

#include <boost/throw_exception.hpp>
#include <stdexcept>
#include <string_view>

namespace balancer {

std::string_view to_string(UpstreamFailureKind kind) {
  switch (kind) {
    case UpstreamFailureKind::kResolve:
      return "resolve";
    case UpstreamFailureKind::kConnect:
      return "connect";
    case UpstreamFailureKind::kConnectTimeout:
      return "connect_timeout";
    case UpstreamFailureKind::kProxy:
      return "proxy";
    case UpstreamFailureKind::kTls:
      return "tls";
    case UpstreamFailureKind::kTlsTimeout:
      return "tls_timeout";
    case UpstreamFailureKind::kResetBeforeHead:
      return "reset_before_head";
    case UpstreamFailureKind::kFirstByteTimeout:
      return "first_byte_timeout";
    case UpstreamFailureKind::kTruncated:
      return "truncated";
    case UpstreamFailureKind::kIdleTimeout:
      return "idle_timeout";
    case UpstreamFailureKind::kTotalTimeout:
      return "total_timeout";
    case UpstreamFailureKind::kMalformed:
      return "malformed";
    case UpstreamFailureKind::kTooLarge:
      return "too_large";
    case UpstreamFailureKind::kCancelled:
      return "cancelled";
  }
  return "unknown";
}

bool is_timeout(UpstreamFailureKind kind) {
  switch (kind) {
    case UpstreamFailureKind::kConnectTimeout:
    case UpstreamFailureKind::kTlsTimeout:
    case UpstreamFailureKind::kFirstByteTimeout:
    case UpstreamFailureKind::kIdleTimeout:
    case UpstreamFailureKind::kTotalTimeout:
      return true;
    default:
      return false;
  }
}

void throw_exception_from_error(const UpstreamFailure& failure, const boost::source_location& where) {
  boost::throw_exception(
      std::logic_error("result without a value: " + std::string(to_string(failure.kind)) + ": " + failure.detail), where);
}

}  // namespace balancer

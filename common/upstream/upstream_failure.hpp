// Why an attempt got no usable answer from the wire. What that means for the provider is for the caller to decide.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

namespace balancer {

enum class UpstreamFailureKind {
  kResolve,
  kConnect,
  kConnectTimeout,
  // The proxy refused, or answered nonsense.
  kProxy,
  kTls,
  kTlsTimeout,
  // The connection ended before the answer's head was complete.
  kResetBeforeHead,
  kFirstByteTimeout,
  // The connection ended, or was reset, inside the body.
  kTruncated,
  kIdleTimeout,
  // A deadline of the whole request passed.
  kTotalTimeout,
  // Not HTTP, or HTTP that a careful client must refuse (promises.md 1.2).
  kMalformed,
  kTooLarge,
  // cancel() was called.
  kCancelled,
};

struct UpstreamFailure {
  UpstreamFailureKind kind;
  // For logs and error messages: a short phrase of ours or of the operating system; never provider text.
  std::string detail;
  // The connection had served a request before: such a reset may be the provider's idle timeout.
  bool on_reused_connection = false;
};

[[nodiscard]] std::string_view to_string(UpstreamFailureKind kind);
// Something did not happen in time.
[[nodiscard]] bool is_timeout(UpstreamFailureKind kind);

[[noreturn]] void throw_exception_from_error(const UpstreamFailure& failure, const boost::source_location& where);

template <class T>
using UpstreamResult = boost::system::result<T, UpstreamFailure>;

}  // namespace balancer

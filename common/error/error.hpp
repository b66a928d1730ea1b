// The one error type that our functions return: what went wrong, in terms that every surface can show.
#pragma once

#include <boost/system/result.hpp>
#include <string>

namespace balancer {

// Each code maps to one HTTP status and one Anthropic error type (http_error.hpp).
enum class ErrorCode {
  kInvalidRequest,
  kAuthentication,
  kBilling,
  kPermission,
  kNotFound,
  kMethodNotAllowed,
  kRequestTimeout,
  kConflict,
  kRequestTooLarge,
  kUriTooLong,
  kUnsupportedCoding,
  kHeadersTooLarge,
  kExpectationFailed,
  kLoopDetected,
  kRateLimited,
  kInternal,
  kNotImplemented,
  kBadGateway,
  kUnavailable,
  kGatewayTimeout,
  kOverloaded,
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  // For people; never holds a credential, a prompt or a provider's raw text.
  std::string message;
  // A machine-readable refinement (protocol.md 5.1, "details.error_code"); usually empty.
  std::string detail_code;
};

// Makes Result<T>::value() throw on an error. Expected failures are tested for, so that throw means a bug.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace balancer

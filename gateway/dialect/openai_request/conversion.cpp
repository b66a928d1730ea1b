#include "gateway/dialect/openai_request/conversion.hpp"

#include <boost/throw_exception.hpp>
#include <stdexcept>

namespace balancer::gateway {

void throw_exception_from_error(const ConversionRefusal& refusal, const boost::source_location& where) {
  boost::throw_exception(std::logic_error("conversion refused: " + refusal.error.message), where);
}

ConversionRefusal invalid(std::string message) {
  return {RefusalKind::kInvalid, {ErrorCode::kInvalidRequest, std::move(message), {}}};
}

ConversionRefusal unsupported(std::string message) {
  return {RefusalKind::kUnsupported, {ErrorCode::kInvalidRequest, std::move(message), {}}};
}

}  // namespace balancer::gateway

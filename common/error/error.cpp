#include "common/error/error.hpp"

#include <stdexcept>

namespace balancer {

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::runtime_error(error.message);
}

}  // namespace balancer

// For exceptions that reached the end of the line: they are bugs, and must not vanish.
#pragma once

#include <exception>
#include <string_view>
#include <utility>

#include "common/log/log.hpp"

namespace balancer::log {

// One error line: the phrase, and what was thrown. The TaskGroup's OnException, once bound to a phrase.
inline void error_thrown(std::string_view phrase, std::exception_ptr exception) {
  try {
    std::rethrow_exception(std::move(exception));
  } catch (const std::exception& thrown) {
    error(phrase, {{"what", std::string_view(thrown.what())}});
  } catch (...) {
    error(phrase, {{"what", "something that is no exception"}});
  }
}

}  // namespace balancer::log

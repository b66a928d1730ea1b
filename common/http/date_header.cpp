#include "common/http/date_header.hpp"

#include <fmt/chrono.h>

#include <ctime>
#include <string>

namespace balancer::http {

std::string_view current_http_date() {
  thread_local std::time_t formatted_second = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != formatted_second) {
    formatted_second = now;
    // fmt uses the "C" locale here: day and month names are always English.
    text = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
  }
  return text;
}

}  // namespace balancer::http

// How one log line looks, for machines and for people.
#pragma once

#include <chrono>
#include <string>

#include "common/log/log.hpp"

namespace balancer::log {

struct Line {
  std::chrono::system_clock::time_point time;
  Level level;
  std::string_view program;
  std::string_view phrase;
  Fields fields;
};

// One JSON object without a line end: timestamp, level, logger, event, message, then the fields. Invalid UTF-8 is
// replaced, so that the line always parses.
[[nodiscard]] std::string json_line(const Line& line);

// "12:34:56.789 WARNING upstream attempt failed provider=a outcome=timeout"
[[nodiscard]] std::string console_line(const Line& line, bool color);

[[nodiscard]] std::string_view to_string(Level level);

}  // namespace balancer::log

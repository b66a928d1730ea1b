#include "controlplane/cli/time_view.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

namespace balancer::controlplane::cli {

using google::protobuf::util::TimeUtil;

std::string remaining_text(const google::protobuf::Duration& duration) {
  const std::int64_t left = (TimeUtil::DurationToMilliseconds(duration) + 999) / 1000;
  const std::int64_t minutes = left / 60;
  if (minutes == 0) return fmt::format("{}s", left);
  if (minutes < 60) return fmt::format("{}m{:02}s", minutes, left % 60);
  return fmt::format("{}h{:02}m{:02}s", minutes / 60, minutes % 60, left % 60);
}

std::string latency_text(const google::protobuf::Duration& duration) {
  const std::int64_t milliseconds = TimeUtil::DurationToMilliseconds(duration);
  return milliseconds < 10'000 ? fmt::format("{}ms", milliseconds) : fmt::format("{:.1f}s", milliseconds / 1000.0);
}

double seconds(const google::protobuf::Duration& duration) {
  return static_cast<double>(TimeUtil::DurationToMilliseconds(duration)) / 1000.0;
}

}  // namespace balancer::controlplane::cli

#include "controlplane/dashboard/view_values.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace balancer::controlplane {

std::string time_view(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     milliseconds);
}

}  // namespace balancer::controlplane

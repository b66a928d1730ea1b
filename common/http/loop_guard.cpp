#include "common/http/loop_guard.hpp"

#include <fmt/format.h>

#include <string>

namespace balancer::http {
namespace {

Error loop(std::string message) {
  return {ErrorCode::kLoopDetected, std::move(message), std::string(kLoopDetail)};
}

}  // namespace

std::optional<Error> check_loop(std::span<const HeaderField> fields, std::string_view name) {
  std::size_t gateways = 0;
  for (const HeaderField& field : fields) {
    if (!ascii_iequal(field.name, kViaField)) continue;
    std::string_view list = field.value;
    while (!list.empty()) {
      const std::size_t comma = list.find(',');
      const std::string_view visited = trim_blanks(list.substr(0, comma));
      list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
      if (visited.empty()) continue;
      if (visited == name) {
        return loop("gateway: the request has come back to where it was: the base_url of a provider leads to this balancer");
      }
      ++gateways;
    }
  }
  if (gateways < kMostGateways) return std::nullopt;
  return loop(fmt::format("gateway: the request has come through {} gateways: do the base_urls of their providers lead in "
                          "a circle?", gateways));
}

}  // namespace balancer::http

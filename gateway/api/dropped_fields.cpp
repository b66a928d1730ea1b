#include "gateway/api/dropped_fields.hpp"

#include <algorithm>

#include "common/log/log.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kMaxNoticed = 256;

bool is_printable(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

void note_dropped_fields(std::span<const std::string> names, Dependencies& deps) {
  auto& noticed = deps.conversion.noticed_fields;
  for (const std::string& name : names) {
    deps.metrics.count_dropped_field(name);
    // Other threads are asked only for what is new to this one.
    if (noticed.size() >= kMaxNoticed || !noticed.insert(name).second) continue;
    if (!deps.metrics.first_time_dropped(name)) continue;
    log::info("request field dropped: the provider has no counterpart for it",
              {{"field", is_printable(name) ? std::string_view(name) : "(unprintable)"}});
  }
}

}  // namespace balancer::gateway

#include "controlplane/cli/cache_view.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

#include "controlplane/cli/time_view.hpp"

namespace balancer::controlplane::cli {
namespace {

// 1234567 as "1,234,567".
std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t i = text.size(); i > first + 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

// 67108864 as "64.0 MiB".
std::string bytes_text(std::int64_t bytes) {
  constexpr auto kUnits = std::to_array<std::string_view>({"KiB", "MiB", "GiB", "TiB"});
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < kUnits.size(); ++unit) amount /= 1024;
  return fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

std::string hit_ratio(const v1::GetCacheStatsResponse& stats) {
  const std::int64_t asked = stats.hit_count() + stats.miss_count();
  if (asked == 0) return {};
  return fmt::format(" ({:.1f} % of {})", 100.0 * static_cast<double>(stats.hit_count()) / static_cast<double>(asked),
                     grouped(asked));
}

void add_line(std::string& text, std::string_view label, std::string_view value) {
  fmt::format_to(std::back_inserter(text), "{:<11} {}\n", label, value);
}

}  // namespace

std::string cache_text(const v1::GetCacheStatsResponse& stats) {
  std::string text;
  if (stats.enabled()) {
    add_line(text, "cache", fmt::format("on, an answer lives for {}", remaining_text(stats.time_to_live())));
    add_line(text, "entries", fmt::format("{} of {}", grouped(stats.entry_count()), grouped(stats.entry_limit())));
    add_line(text, "memory", fmt::format("{} of {}", bytes_text(stats.byte_count()), bytes_text(stats.byte_limit())));
  } else {
    add_line(text, "cache", "off; settings.max_cache_size turns it on");
  }
  add_line(text, "hits", grouped(stats.hit_count()) + hit_ratio(stats));
  add_line(text, "misses", grouped(stats.miss_count()));
  add_line(text, "joins", grouped(stats.join_count()));
  add_line(text, "under way", grouped(stats.lead_count()));
  add_line(text, "stored", grouped(stats.stored_count()));
  add_line(text, "removed", fmt::format("{} for others, {} too old, {} flushed", grouped(stats.evicted_count()),
                                        grouped(stats.expired_count()), grouped(stats.flushed_count())));
  add_line(text, "saved", fmt::format("{} input tokens, {} output tokens", grouped(stats.saved_input_token_count()),
                                      grouped(stats.saved_output_token_count())));
  return text;
}

nlohmann::ordered_json cache_json(const v1::GetCacheStatsResponse& stats) {
  return {{"enabled", stats.enabled()},
          {"entry_count", stats.entry_count()},
          {"byte_count", stats.byte_count()},
          {"entry_limit", stats.entry_limit()},
          {"byte_limit", stats.byte_limit()},
          {"time_to_live_seconds", seconds(stats.time_to_live())},
          {"hit_count", stats.hit_count()},
          {"miss_count", stats.miss_count()},
          {"join_count", stats.join_count()},
          {"lead_count", stats.lead_count()},
          {"stored_count", stats.stored_count()},
          {"evicted_count", stats.evicted_count()},
          {"expired_count", stats.expired_count()},
          {"flushed_count", stats.flushed_count()},
          {"saved_input_token_count", stats.saved_input_token_count()},
          {"saved_output_token_count", stats.saved_output_token_count()}};
}

}  // namespace balancer::controlplane::cli

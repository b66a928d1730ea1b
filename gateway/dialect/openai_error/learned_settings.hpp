// What the gateway learned of providers by their refusals: settings under which their models answered.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "common/snapshot/conversion.hpp"

namespace balancer::gateway {

// Settings under which a provider's model answered, under the configuration that was in force.
struct LearnedLesson {
  std::string epoch;
  std::uint64_t version = 0;
  std::string provider;
  std::string upstream_model;
  ConversionSettings settings;
};

// No clock and no lock: the caller passes the time and stays on one thread.
class LearnedSettings {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::hours kRemembered{1};
  static constexpr std::size_t kMaxEntries = 1024;

  // Forgets everything when another configuration is in force: what was learned changed the former one.
  void use_snapshot(std::string_view epoch, std::uint64_t version);

  // Null when nothing is known. Valid until the next call.
  [[nodiscard]] const ConversionSettings* find(std::string_view provider, std::string_view upstream_model,
                                               TimePoint now);
  // Ignored when another configuration is in force here.
  void remember(const LearnedLesson& lesson, TimePoint now);

 private:
  struct Entry {
    ConversionSettings settings;
    TimePoint until;
  };
  using Key = std::pair<std::string, std::string>;

  std::string epoch_;
  std::uint64_t version_ = 0;
  std::map<Key, Entry> entries_;
};

}  // namespace balancer::gateway

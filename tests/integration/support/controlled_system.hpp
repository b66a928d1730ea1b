// A system around the programs under test whose names may never resolve, or resolve to what a test likes, whose network
// leads to the test, and whose wall clock a test may set.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/fakes/temp_dir.hpp"

namespace balancer::integration {

// Must outlive the programs that are started with its environment. Their steady clock is the real one.
class ControlledSystem {
 public:
  // A host of this domain is looked up for ever.
  static constexpr const char* kHangingHost = "provider.hangs.test";

  // A host that resolves to these, in this order: host_of({"10.0.0.1", "fe80::1"}).
  [[nodiscard]] static std::string host_of(const std::vector<std::string>& addresses);

  ControlledSystem();

  // To be added to a program's.
  [[nodiscard]] std::map<std::string, std::string> environment() const;
  // For programs that are started from now on: every connection beyond this machine, to whatever port, leads to this one.
  void lead_elsewhere(std::uint16_t port) { elsewhere_port_ = port; }
  // From now on the programs' wall clock is so far ahead of the real one.
  void set_wall_clock_ahead(std::chrono::seconds by);

 private:
  fakes::TempDir folder_;
  std::optional<std::uint16_t> elsewhere_port_;
};

}  // namespace balancer::integration

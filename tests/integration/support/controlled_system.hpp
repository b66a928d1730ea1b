// A system around the programs under test whose names may never resolve and whose wall clock a test may set.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "tests/fakes/temp_dir.hpp"

namespace balancer::integration {

// Must outlive the programs that are started with its environment. Their steady clock is the real one.
class ControlledSystem {
 public:
  // A host of this domain is looked up for ever.
  static constexpr const char* kHangingHost = "provider.hangs.test";

  ControlledSystem();

  // To be added to a program's.
  [[nodiscard]] std::map<std::string, std::string> environment() const;
  // From now on the programs' wall clock is so far ahead of the real one.
  void set_wall_clock_ahead(std::chrono::seconds by);

 private:
  fakes::TempDir folder_;
};

}  // namespace balancer::integration

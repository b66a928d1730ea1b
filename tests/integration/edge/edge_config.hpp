// Configurations and requests of the tests in this folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/integration/support/process.hpp"

namespace balancer::integration {

// A provider entry. Each of `more` is a line such as "proxy: http://...".
[[nodiscard]] std::string provider_entry(const std::string& name, const std::string& base_url,
                                         const std::vector<std::string>& more = {});

// Every model goes to these entries' providers, which are named a, b, ... in the order in which they are tried. Each of
// `settings` is a line of the settings section, with its own further indentation.
[[nodiscard]] std::string edge_config(const std::vector<std::string>& providers,
                                      const std::vector<std::string>& settings = {});

// A small Messages request.
[[nodiscard]] std::string small_request();

struct Ended {
  int code = -1;
  std::string out;
  std::string err;
};

// Runs a program to its end.
[[nodiscard]] Ended run(Command command);

}  // namespace balancer::integration

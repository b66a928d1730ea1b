#include "tests/integration/support/controlled_system.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace balancer::integration {
namespace {

constexpr const char* kOffsetFile = "wall_clock_offset";

// The sanitizer insists on being loaded first unless told that this is on purpose.
std::string asan_options() {
  const char* const options = std::getenv("ASAN_OPTIONS");
  return std::string(options != nullptr ? options : "") + ":verify_asan_link_order=0";
}

}  // namespace

ControlledSystem::ControlledSystem() { set_wall_clock_ahead(std::chrono::seconds(0)); }

std::map<std::string, std::string> ControlledSystem::environment() const {
  std::map<std::string, std::string> variables{
      {"LD_PRELOAD", (std::filesystem::path(BALANCER_BINARY_DIR) / "balancer-controlled-system.so").string()},
      {"BALANCER_TEST_WALL_CLOCK_OFFSET", (folder_ / kOffsetFile).string()},
      {"ASAN_OPTIONS", asan_options()}};
  if (elsewhere_port_) variables["BALANCER_TEST_ELSEWHERE_PORT"] = std::to_string(*elsewhere_port_);
  return variables;
}

std::string ControlledSystem::host_of(const std::vector<std::string>& addresses) {
  std::string host;
  for (std::string label : addresses) {
    std::replace_if(label.begin(), label.end(), [](char c) { return c == '.' || c == ':'; }, '-');
    host += label + ".";
  }
  return host + "is.test";
}

// In place: the programs have mapped the file.
void ControlledSystem::set_wall_clock_ahead(std::chrono::seconds by) {
  const std::int64_t seconds = by.count();
  if (!std::filesystem::exists(folder_ / kOffsetFile)) folder_.write(kOffsetFile, std::string(sizeof seconds, '\0'));
  std::fstream file(folder_ / kOffsetFile, std::ios::binary | std::ios::in | std::ios::out);
  file.write(reinterpret_cast<const char*>(&seconds), sizeof seconds);
}

}  // namespace balancer::integration

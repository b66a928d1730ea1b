#include "tests/integration/support/process_usage.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace balancer::integration {
namespace {

std::filesystem::path folder_of(const Process& process) {
  return std::filesystem::path("/proc") / std::to_string(process.id());
}

}  // namespace

std::size_t resident_bytes(const Process& process) {
  std::ifstream file(folder_of(process) / "statm");
  std::size_t total_pages = 0;
  std::size_t resident_pages = 0;
  if (!(file >> total_pages >> resident_pages)) throw std::runtime_error("no such process");
  return resident_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t open_descriptors(const Process& process) {
  std::error_code error;
  const std::filesystem::directory_iterator descriptors(folder_of(process) / "fd", error);
  if (error) throw std::runtime_error("no such process");
  return static_cast<std::size_t>(std::distance(begin(descriptors), end(descriptors)));
}

}  // namespace balancer::integration

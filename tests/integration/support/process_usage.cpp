#include "tests/integration/support/process_usage.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>

namespace balancer::integration {
namespace {

std::filesystem::path folder_of(const Process& process) {
  return std::filesystem::path("/proc") / std::to_string(process.id());
}

std::size_t entries_in(const std::filesystem::path& folder) {
  std::error_code error;
  const std::filesystem::directory_iterator entries(folder, error);
  if (error) throw std::runtime_error("no such process");
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

struct ResidentPages {
  std::size_t all = 0;
  std::size_t of_files = 0;
};

ResidentPages resident_pages(const Process& process) {
  std::ifstream file(folder_of(process) / "statm");
  std::size_t mapped = 0;
  ResidentPages pages;
  if (!(file >> mapped >> pages.all >> pages.of_files)) throw std::runtime_error("no such process");
  return pages;
}

std::size_t page_size() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

}  // namespace

std::size_t resident_bytes(const Process& process) { return resident_pages(process).all * page_size(); }

std::size_t resident_file_bytes(const Process& process) { return resident_pages(process).of_files * page_size(); }

std::size_t open_descriptors(const Process& process) { return entries_in(folder_of(process) / "fd"); }

std::size_t thread_count(const Process& process) { return entries_in(folder_of(process) / "task"); }

std::chrono::milliseconds cpu_time(const Process& process) {
  std::ifstream file(folder_of(process) / "stat");
  const std::string line(std::istreambuf_iterator<char>(file), {});
  // The second field is the program's name in parentheses, which may hold anything; utime and stime are the 14th and 15th.
  std::istringstream fields(line.substr(std::min(line.rfind(')') + 1, line.size())));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  std::int64_t user = 0;
  std::int64_t kernel = 0;
  if (!(fields >> user >> kernel)) throw std::runtime_error("no such process");
  return std::chrono::milliseconds((user + kernel) * 1000 / ::sysconf(_SC_CLK_TCK));
}

}  // namespace balancer::integration

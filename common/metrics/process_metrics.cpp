#include "common/metrics/process_metrics.hpp"

#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace balancer::metrics {
namespace {

// proc(5): fields of /proc/self/stat that follow the program's name, which may hold anything.
struct ProcessStat {
  double thread_count = 0;
  double start_ticks = 0;
  double virtual_bytes = 0;
  double resident_pages = 0;
};

std::optional<ProcessStat> read_stat() {
  std::ifstream file("/proc/self/stat");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  constexpr int kFirst = 3;
  constexpr int kThreads = 20;
  constexpr int kStart = 22;
  constexpr int kVirtual = 23;
  constexpr int kResident = 24;
  ProcessStat stat;
  std::string field;
  for (int number = kFirst; number <= kResident && fields >> field; ++number) {
    if (number == kThreads) stat.thread_count = std::stod(field);
    if (number == kStart) stat.start_ticks = std::stod(field);
    if (number == kVirtual) stat.virtual_bytes = std::stod(field);
    if (number == kResident) stat.resident_pages = std::stod(field);
  }
  return stat;
}

// When the machine started, in seconds since 1970.
std::optional<double> boot_time() {
  std::ifstream file("/proc/stat");
  std::string word;
  while (file >> word) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return std::nullopt;
}

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

std::optional<double> open_descriptors() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error)) {
    ++count;
  }
  if (error) return std::nullopt;
  // One of them read the folder.
  return count - 1;
}

}  // namespace

void add_process_metrics(Families& families) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    families.push_back(counter("process_cpu_seconds_total", "Processor time used.",
                               seconds(usage.ru_utime) + seconds(usage.ru_stime)));
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    families.push_back(
        gauge("process_max_fds", "Files that may be open at once.", static_cast<double>(limit.rlim_cur)));
  }
  if (const auto count = open_descriptors()) families.push_back(gauge("process_open_fds", "Open files.", *count));
  const std::optional<ProcessStat> stat = read_stat();
  if (!stat) return;
  families.push_back(gauge("process_resident_memory_bytes", "Memory in use.",
                           stat->resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE))));
  if (const auto booted = boot_time()) {
    families.push_back(gauge("process_start_time_seconds", "When the process started, since 1970.",
                             *booted + stat->start_ticks / static_cast<double>(sysconf(_SC_CLK_TCK))));
  }
  families.push_back(gauge("process_threads", "Threads.", stat->thread_count));
  families.push_back(gauge("process_virtual_memory_bytes", "Address space in use.", stat->virtual_bytes));
}

}  // namespace balancer::metrics

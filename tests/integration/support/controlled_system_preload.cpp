// Loaded into a program under test before its own libraries (LD_PRELOAD), to stand in for parts of the system: see
// controlled_system.hpp.
#include <dlfcn.h>
#include <fcntl.h>
#include <grpcpp/support/time.h>
#include <netdb.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

// Written by the test at any time; null when the program was started without.
const volatile std::int64_t* map_offset() {
  const char* const path = std::getenv("BALANCER_TEST_WALL_CLOCK_OFFSET");
  if (path == nullptr) return nullptr;
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  void* const memory = ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  return memory == MAP_FAILED ? nullptr : static_cast<const volatile std::int64_t*>(memory);
}

// How far the wall clock is ahead of the kernel's.
std::int64_t seconds_ahead() {
  static const volatile std::int64_t* const offset = map_offset();
  return offset != nullptr ? *offset : 0;
}

}  // namespace

std::chrono::system_clock::time_point std::chrono::system_clock::now() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return time_point(std::chrono::duration_cast<duration>(std::chrono::seconds(time.tv_sec + seconds_ahead()) +
                                                         std::chrono::nanoseconds(time.tv_nsec)));
}

// A deadline that the product gives to gRPC, which waits in the kernel, by the kernel's clock.
void grpc::Timepoint2Timespec(const std::chrono::system_clock::time_point& from, gpr_timespec* to) {
  const auto since_epoch = from.time_since_epoch() - std::chrono::seconds(seconds_ahead());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  to->tv_sec = seconds.count();
  to->tv_nsec = static_cast<std::int32_t>(std::chrono::nanoseconds(since_epoch - seconds).count());
  to->clock_type = GPR_CLOCK_REALTIME;
}

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** result) {
  while (name != nullptr && std::string_view(name).ends_with(".hangs.test")) ::pause();
  using Lookup = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Lookup>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(name, service, hints, result);
}

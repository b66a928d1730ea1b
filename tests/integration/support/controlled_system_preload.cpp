// Loaded into a program under test before its own libraries (LD_PRELOAD), to stand in for parts of the system: see
// controlled_system.hpp.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <grpcpp/support/time.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

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

namespace {

constexpr std::string_view kSpelledDomain = ".is.test";

int look_up(const char* name, const char* service, const addrinfo* hints, addrinfo** result) {
  using Lookup = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Lookup>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(name, service, hints, result);
}

// "10-0-0-1" is 10.0.0.1, "fe80--1" is fe80::1.
std::string address_in(std::string label) {
  const bool ipv4 = std::count(label.begin(), label.end(), '-') == 3 &&
                    label.find_first_not_of("0123456789-") == std::string::npos;
  std::replace(label.begin(), label.end(), '-', ipv4 ? '.' : ':');
  return label;
}

// One address for each label, in their order.
int spelled_addresses(std::string labels, const char* service, const addrinfo* hints, addrinfo** result) {
  *result = nullptr;
  addrinfo numeric = hints != nullptr ? *hints : addrinfo{};
  numeric.ai_flags |= AI_NUMERICHOST;
  std::istringstream text(std::move(labels));
  for (std::string label; std::getline(text, label, '.');) {
    while (*result != nullptr) result = &(*result)->ai_next;
    if (const int error = look_up(address_in(label).c_str(), service, &numeric, result); error != 0) return error;
  }
  return 0;
}

bool is_of_this_machine(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    return (ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr) >> 24) == 127;
  }
  if (address->sa_family != AF_INET6) return true;
  return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr) != 0;
}

}  // namespace

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** result) {
  const std::string_view host = name != nullptr ? name : "";
  while (host.ends_with(".hangs.test")) ::pause();
  if (!host.ends_with(kSpelledDomain)) return look_up(name, service, hints, result);
  return spelled_addresses(std::string(host.substr(0, host.size() - kSpelledDomain.size())), service, hints, result);
}

extern "C" int connect(int descriptor, const sockaddr* address, socklen_t size) {
  using Connect = int (*)(int, const sockaddr*, socklen_t);
  static const auto real = reinterpret_cast<Connect>(::dlsym(RTLD_NEXT, "connect"));
  static const char* const elsewhere = std::getenv("BALANCER_TEST_ELSEWHERE_PORT");
  if (elsewhere == nullptr || is_of_this_machine(address)) return real(descriptor, address, size);

  const auto port = htons(static_cast<std::uint16_t>(std::atoi(elsewhere)));
  if (address->sa_family == AF_INET) {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = port;
    ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return real(descriptor, reinterpret_cast<const sockaddr*>(&ipv4), sizeof ipv4);
  }
  sockaddr_in6 mapped{};
  mapped.sin6_family = AF_INET6;
  mapped.sin6_port = port;
  ::inet_pton(AF_INET6, "::ffff:127.0.0.1", &mapped.sin6_addr);
  return real(descriptor, reinterpret_cast<const sockaddr*>(&mapped), sizeof mapped);
}

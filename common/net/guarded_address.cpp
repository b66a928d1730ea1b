#include "common/net/guarded_address.hpp"

#include <arpa/inet.h>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace balancer {
namespace {

std::uint32_t ipv4_at(const in6_addr& address, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, address.s6_addr + offset, sizeof value);
  return ntohl(value);
}

bool starts_with(const in6_addr& address, std::string_view prefix) {
  return std::memcmp(address.s6_addr, prefix.data(), prefix.size()) == 0;
}

}  // namespace

bool is_guarded_address(std::uint32_t ipv4) {
  return (ipv4 >> 16) == 0xA9FE      // 169.254.0.0/16
         || ipv4 == 0x6464'64C8      // 100.100.100.200, Alibaba Cloud
         || ipv4 == 0xC000'00C0;     // 192.0.0.192, Oracle Cloud
}

bool is_guarded_address(const in6_addr& ipv6) {
  using namespace std::string_view_literals;
  if (IN6_IS_ADDR_LINKLOCAL(&ipv6)) return true;
  // fd00:ec2::/32 and fd20:ce::/32, Amazon's and Google's.
  if (starts_with(ipv6, "\xfd\x00\x0e\xc2"sv) || starts_with(ipv6, "\xfd\x20\x00\xce"sv)) return true;
  if (IN6_IS_ADDR_V4MAPPED(&ipv6) || IN6_IS_ADDR_V4COMPAT(&ipv6)) return is_guarded_address(ipv4_at(ipv6, 12));
  // 64:ff9b::/96 (NAT64) and 2002::/16 (6to4).
  if (starts_with(ipv6, "\x00\x64\xff\x9b\0\0\0\0\0\0\0\0"sv)) return is_guarded_address(ipv4_at(ipv6, 12));
  return starts_with(ipv6, "\x20\x02"sv) && is_guarded_address(ipv4_at(ipv6, 2));
}

}  // namespace balancer

#include "controlplane/config/host_kind.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "common/text/ascii.hpp"

namespace balancer::controlplane {
namespace {

constexpr std::array<std::string_view, 5> kMetadataNames{
    "metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"};

bool is_guarded(std::uint32_t address) {
  return (address >> 16) == 0xA9FE      // 169.254.0.0/16
         || address == 0x6464'64C8      // 100.100.100.200, Alibaba Cloud
         || address == 0xC000'00C0;     // 192.0.0.192, Oracle Cloud
}

std::uint32_t ipv4_at(const in6_addr& address, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, address.s6_addr + offset, sizeof value);
  return ntohl(value);
}

bool starts_with(const in6_addr& address, std::string_view prefix) {
  return std::memcmp(address.s6_addr, prefix.data(), prefix.size()) == 0;
}

bool is_guarded(const in6_addr& address) {
  using namespace std::string_view_literals;
  if (IN6_IS_ADDR_LINKLOCAL(&address)) return true;
  // fd00:ec2::/32 and fd20:ce::/32, Amazon's and Google's.
  if (starts_with(address, "\xfd\x00\x0e\xc2"sv) || starts_with(address, "\xfd\x20\x00\xce"sv)) return true;
  if (IN6_IS_ADDR_V4MAPPED(&address) || IN6_IS_ADDR_V4COMPAT(&address)) return is_guarded(ipv4_at(address, 12));
  // 64:ff9b::/96 (NAT64) and 2002::/16 (6to4).
  if (starts_with(address, "\x00\x64\xff\x9b\0\0\0\0\0\0\0\0"sv)) return is_guarded(ipv4_at(address, 12));
  return starts_with(address, "\x20\x02"sv) && is_guarded(ipv4_at(address, 2));
}

}  // namespace

bool is_guarded_host(std::string_view host) {
  std::string name = ascii_lower(host);
  while (!name.empty() && name.back() == '.') name.pop_back();
  if (std::find(kMetadataNames.begin(), kMetadataNames.end(), name) != kMetadataNames.end()) return true;

  const std::string without_zone = name.substr(0, name.find('%'));
  in6_addr ipv6{};
  if (::inet_pton(AF_INET6, without_zone.c_str(), &ipv6) == 1) return is_guarded(ipv6);
  // Understands the old spellings too.
  in_addr ipv4{};
  return ::inet_aton(name.c_str(), &ipv4) != 0 && is_guarded(ntohl(ipv4.s_addr));
}

bool is_loopback_host(std::string_view host) {
  const std::string name = ascii_lower(host);
  if (name == "localhost" || name == "::1" || name == "[::1]") return true;
  in_addr ipv4{};
  return ::inet_pton(AF_INET, name.c_str(), &ipv4) == 1 && (ntohl(ipv4.s_addr) >> 24) == 127;
}

}  // namespace balancer::controlplane

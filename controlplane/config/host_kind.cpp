#include "controlplane/config/host_kind.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <string>

#include "common/net/guarded_address.hpp"
#include "common/text/ascii.hpp"

namespace balancer::controlplane {
namespace {

constexpr std::array<std::string_view, 5> kMetadataNames{
    "metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"};

}  // namespace

bool is_guarded_host(std::string_view host) {
  std::string name = ascii_lower(host);
  while (!name.empty() && name.back() == '.') name.pop_back();
  if (std::find(kMetadataNames.begin(), kMetadataNames.end(), name) != kMetadataNames.end()) return true;

  const std::string without_zone = name.substr(0, name.find('%'));
  in6_addr ipv6{};
  if (::inet_pton(AF_INET6, without_zone.c_str(), &ipv6) == 1) return is_guarded_address(ipv6);
  // Understands the old spellings too.
  in_addr ipv4{};
  return ::inet_aton(name.c_str(), &ipv4) != 0 && is_guarded_address(ntohl(ipv4.s_addr));
}

bool is_loopback_host(std::string_view host) {
  const std::string name = ascii_lower(host);
  if (name == "localhost" || name == "::1" || name == "[::1]") return true;
  in_addr ipv4{};
  return ::inet_pton(AF_INET, name.c_str(), &ipv4) == 1 && (ntohl(ipv4.s_addr) >> 24) == 127;
}

}  // namespace balancer::controlplane

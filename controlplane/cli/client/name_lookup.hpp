// Looking up a host's addresses within a time.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <string>
#include <vector>

namespace balancer::controlplane::cli {

struct NameLookup {
  std::vector<boost::asio::ip::tcp::endpoint> endpoints;
  // Why there are none; empty otherwise.
  std::string failure;
};

// Asks as clients do (hosts file, DNS). A lookup that is not over in time goes on without anybody waiting for it: the
// system's resolver cannot be interrupted.
[[nodiscard]] NameLookup look_up(const std::string& host, std::uint16_t port, std::chrono::milliseconds within);

}  // namespace balancer::controlplane::cli

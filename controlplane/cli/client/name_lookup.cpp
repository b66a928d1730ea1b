#include "controlplane/cli/client/name_lookup.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <cstring>
#include <future>
#include <memory>
#include <thread>

namespace balancer::controlplane::cli {
namespace {

using Endpoint = boost::asio::ip::tcp::endpoint;

NameLookup ask_system(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) return {{}, ::gai_strerror(error)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  NameLookup lookup;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    Endpoint endpoint;
    if (each->ai_addrlen > endpoint.capacity()) continue;
    endpoint.resize(each->ai_addrlen);
    std::memcpy(endpoint.data(), each->ai_addr, each->ai_addrlen);
    lookup.endpoints.push_back(endpoint);
  }
  if (lookup.endpoints.empty()) lookup.failure = "no address";
  return lookup;
}

}  // namespace

NameLookup look_up(const std::string& host, std::uint16_t port, std::chrono::milliseconds within) {
  std::promise<NameLookup> promise;
  std::future<NameLookup> lookup = promise.get_future();
  std::thread([host, port, answer = std::move(promise)]() mutable { answer.set_value(ask_system(host, port)); })
      .detach();
  if (lookup.wait_for(within) == std::future_status::ready) return lookup.get();
  return {{}, fmt::format("no answer from the name service within {} ms", within.count())};
}

}  // namespace balancer::controlplane::cli

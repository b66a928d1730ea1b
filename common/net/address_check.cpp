#include "common/net/address_check.hpp"

#include "common/net/listen_address.hpp"

namespace balancer {

std::string listen_address_complaint(const std::string& text) {
  const auto address = parse_listen_address(text);
  return address ? std::string() : address.error().message;
}

std::string tcp_address_complaint(const std::string& text) {
  const auto address = parse_listen_address(text);
  if (!address) return address.error().message;
  return std::holds_alternative<TcpAddress>(*address) ? std::string() : "HTTP is served on HOST:PORT only";
}

}  // namespace balancer

// Addresses on command lines, in the form that CLI11's check() wants.
#pragma once

#include <string>

namespace balancer {

// Why `text` is neither HOST:PORT nor unix:PATH; empty when it is one.
[[nodiscard]] std::string listen_address_complaint(const std::string& text);

// Why `text` is not HOST:PORT, for what is served over TCP only; empty when it is.
[[nodiscard]] std::string tcp_address_complaint(const std::string& text);

}  // namespace balancer

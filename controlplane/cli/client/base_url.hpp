// ANTHROPIC_BASE_URL, as clients read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace balancer::controlplane::cli {

struct BaseUrl {
  bool tls = false;
  // Without the brackets of an IPv6 address.
  std::string host;
  std::uint16_t port = 0;
  // "" or "/anthropic": what comes before "/v1/messages".
  std::string prefix;

  // As a Host header and as a URL have it; without the port where it is the scheme's own.
  [[nodiscard]] std::string authority() const;
  [[nodiscard]] std::string text() const;
  // "localhost", 127.0.0.0/8, ::1.
  [[nodiscard]] bool is_loopback() const;
};

struct BaseUrlReading {
  // Absent when no server can be told from the text.
  std::optional<BaseUrl> url;
  // Why clients will not find the gateway with it; each a clause.
  std::vector<std::string> faults;
  // As it may be shown: without a password, and without a query, which may hold a key.
  std::string shown;
};

[[nodiscard]] BaseUrlReading read_base_url(std::string_view text);

// Why clients could not use it, in the form that CLI11's check() wants; empty when they can.
[[nodiscard]] std::string base_url_complaint(const std::string& text);

}  // namespace balancer::controlplane::cli

// A connection whose every step ends by a deadline, for callers that have nothing else to do meanwhile.
#pragma once

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/cli/client/name_lookup.hpp"

namespace balancer::controlplane::cli {

struct ProbeError {
  bool timed_out = false;
  std::string reason;
};

// Stays on one thread. After an error nothing but destruction makes sense.
class ProbeConnection {
 public:
  using Clock = std::chrono::steady_clock;

  explicit ProbeConnection(Clock::time_point deadline) : socket_(context_), deadline_(deadline) {}

  // Of all steps that follow.
  void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }

  // Tries the endpoints one after the other.
  std::optional<ProbeError> connect(const std::vector<boost::asio::ip::tcp::endpoint>& endpoints);
  // Checks that the server is `host`, see HttpProbe for whom to trust.
  std::optional<ProbeError> start_tls(const std::string& host, const std::string& ca_file);

  // Starts an operation by `start(stream, done)` and waits for it; done takes an error_code and anything else.
  template <class Start>
  std::optional<ProbeError> run(Start start) {
    std::optional<boost::system::error_code> result;
    const auto done = [&result](boost::system::error_code error, auto&&...) { result = error; };
    if (tls_) {
      start(*tls_, done);
    } else {
      start(socket_, done);
    }
    return wait_for(result);
  }

 private:
  std::optional<ProbeError> wait_for(const std::optional<boost::system::error_code>& result);

  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  std::optional<boost::asio::ssl::context> authorities_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  Clock::time_point deadline_;
};

}  // namespace balancer::controlplane::cli

// nginx before gateways: the load balancer that most of them stand behind.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tests/fakes/http_client.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/integration/support/process.hpp"

namespace balancer::integration {

// Runs from construction to destruction. Asks the gateways in turn, each request over a connection of its own. One that
// cannot be connected to is passed over: what was not sent can be sent elsewhere. What was sent is not sent twice.
class Nginx {
 public:
  [[nodiscard]] static bool installed();

  // Returns once it serves. Throws ProcessError.
  explicit Nginx(const std::vector<std::uint16_t>& gateways);
  ~Nginx();
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_.number(); }
  [[nodiscard]] fakes::HttpClient client() const { return fakes::HttpClient(port()); }

  // As an orchestrator does: from its return on, new requests go to these. Those under way are not disturbed.
  void send_to(const std::vector<std::uint16_t>& gateways);

 private:
  // A port of ours that nginx may listen on, and nobody else.
  class Port {
   public:
    Port();
    ~Port();
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;
    [[nodiscard]] std::uint16_t number() const { return number_; }

   private:
    int descriptor_;
    std::uint16_t number_ = 0;
  };

  void write_config(const std::vector<std::uint16_t>& gateways);
  void wait_for_generation() const;

  Port port_;
  fakes::TempDir directory_;
  int generation_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace balancer::integration

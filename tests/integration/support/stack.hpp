// The product as it is deployed: one process, or a control plane with gateways beside it.
#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fakes/http_client.hpp"
#include "tests/fakes/silent_link.hpp"
#include "tests/integration/support/metrics.hpp"
#include "tests/integration/support/process.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace balancer::integration {

using fakes::TempDir;

struct StackOptions {
  // Added to each program's environment.
  std::map<std::string, std::string> environment;
  // Added to each gateway's command line (a standalone's, too).
  std::vector<std::string> gateway_arguments;
  std::vector<std::string> controlplane_arguments;
  // Of a SplitStack.
  std::size_t gateways = 1;
  // Of a SplitStack: the control plane listens on TCP, and its gateways reach it through this, which outlives the stack.
  fakes::SilentLink* link = nullptr;
};

// A running gateway, or a standalone.
class RunningGateway {
 public:
  // Starts it and waits until it listens. Throws ProcessError.
  explicit RunningGateway(Command command);

  [[nodiscard]] Process& process() { return process_; }
  [[nodiscard]] const ListeningLine& listening() const { return listening_; }
  // Of the port for Claude Code, and of the port for operators (/metrics, /livez).
  [[nodiscard]] fakes::HttpClient client() const { return fakes::HttpClient(listening_.port("http")); }
  [[nodiscard]] fakes::HttpClient admin() const { return fakes::HttpClient(listening_.port("admin")); }
  // Asks /metrics now; nothing when there is no such sample.
  [[nodiscard]] std::optional<double> metric(std::string_view name, const Labels& labels = {}) const;

 private:
  Process process_;
  ListeningLine listening_;
};

// `balancer`: both halves in one process.
class Standalone {
 public:
  explicit Standalone(std::string_view config, const StackOptions& options = {});

  [[nodiscard]] fakes::HttpClient client() const { return running_.client(); }
  [[nodiscard]] RunningGateway& gateway() { return running_; }
  [[nodiscard]] Process& process() { return running_.process(); }
  [[nodiscard]] const TempDir& directory() const { return directory_; }
  // Replaces the file by renaming over it; returns before the program has noticed.
  void write_config(std::string_view config) const { directory_.write("config.yaml", config); }

 private:
  TempDir directory_;
  RunningGateway running_;
};

// `balancer-controlplane` and some `balancer-gateway`, joined by a Unix socket, or by a link.
class SplitStack {
 public:
  explicit SplitStack(std::string_view config, StackOptions options = {});

  [[nodiscard]] fakes::HttpClient client(std::size_t gateway = 0) const { return gateways_.at(gateway).client(); }
  [[nodiscard]] RunningGateway& gateway(std::size_t index = 0) { return gateways_.at(index); }
  // Starts one more.
  RunningGateway& add_gateway();

  // Throws std::bad_optional_access while there is none.
  [[nodiscard]] Process& control_plane() { return control_plane_.value(); }
  // Of the control plane's /metrics, /livez and live page.
  [[nodiscard]] fakes::HttpClient control_http() const;
  void start_control_plane();
  // SIGKILL, and reaps it.
  void kill_control_plane() { control_plane_.reset(); }

  [[nodiscard]] const TempDir& directory() const { return directory_; }
  // "unix:PATH", the same for the life of the stack; with a link "127.0.0.1:PORT", for the life of the control plane.
  [[nodiscard]] std::string control_address() const;
  // Replaces the file by renaming over it; returns before the control plane has noticed.
  void write_config(std::string_view config) const { directory_.write("config.yaml", config); }

 private:
  // What the control plane is to listen on, and where gateways look for it.
  [[nodiscard]] std::string socket_address() const;
  [[nodiscard]] std::string address_for_gateways() const;

  TempDir directory_;
  StackOptions options_;
  std::optional<Process> control_plane_;
  ListeningLine control_listening_;
  // A deque keeps references to its elements valid when it grows.
  std::deque<RunningGateway> gateways_;
};

}  // namespace balancer::integration

#include "tests/integration/support/stack.hpp"

#include <string>
#include <utility>

namespace balancer::integration {
namespace {

constexpr const char* kAnyPort = "127.0.0.1:0";

std::vector<std::string> joined(std::vector<std::string> first, const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Command standalone_command(const std::filesystem::path& config, const StackOptions& options) {
  return {"balancer", joined({"--config", config.string(), "--listen", kAnyPort}, options.gateway_arguments),
          options.environment};
}

}  // namespace

RunningGateway::RunningGateway(Command command)
    : process_(std::move(command)), listening_(process_.wait_until_listening()) {}

std::optional<double> RunningGateway::metric(std::string_view name, const Labels& labels) const {
  return metric_value(admin().get("/metrics").body, name, labels);
}

Standalone::Standalone(std::string_view config, const StackOptions& options)
    : running_(standalone_command(directory_.write("config.yaml", config), options)) {}

SplitStack::SplitStack(std::string_view config, StackOptions options) : options_(std::move(options)) {
  write_config(config);
  start_control_plane();
  for (std::size_t i = 0; i < options_.gateways; ++i) add_gateway();
}

std::string SplitStack::socket_address() const { return "unix:" + (directory_ / "cp.sock").string(); }

std::string SplitStack::control_address() const {
  return options_.link == nullptr ? socket_address() : control_listening_.address("grpc");
}

std::string SplitStack::address_for_gateways() const {
  return options_.link == nullptr ? socket_address() : "127.0.0.1:" + std::to_string(options_.link->port());
}

fakes::HttpClient SplitStack::control_http() const {
  // A control plane of its own calls it http; a standalone, which has two, control_http.
  const char* const key = control_listening_.contains("control_http") ? "control_http" : "http";
  return fakes::HttpClient(control_listening_.port(key));
}

void SplitStack::start_control_plane() {
  control_plane_.reset();
  const std::vector<std::string> arguments{"--config",      (directory_ / "config.yaml").string(),
                                           "--grpc-listen", options_.link == nullptr ? socket_address() : kAnyPort,
                                           "--http-listen", kAnyPort};
  control_plane_.emplace(
      Command{"balancer-controlplane", joined(arguments, options_.controlplane_arguments), options_.environment});
  control_listening_ = control_plane_->wait_until_listening();
  if (options_.link != nullptr) options_.link->lead_to(control_listening_.port("grpc"));
}

RunningGateway& SplitStack::add_gateway() {
  const std::vector<std::string> arguments{"--control-plane", address_for_gateways(), "--listen", kAnyPort,
                                           "--admin-listen",  kAnyPort};
  return gateways_.emplace_back(
      Command{"balancer-gateway", joined(arguments, options_.gateway_arguments), options_.environment});
}

}  // namespace balancer::integration

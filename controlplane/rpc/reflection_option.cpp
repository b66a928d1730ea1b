#include "controlplane/rpc/reflection_option.hpp"

#include <grpcpp/impl/server_builder_plugin.h>

#include <vector>

namespace balancer::controlplane {
namespace {

constexpr const char* kReflectionPlugin = "proto_server_reflection";

class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) { return plugin->name() == kReflectionPlugin; });
  }
};

}  // namespace

std::unique_ptr<grpc::ServerBuilderOption> without_reflection() { return std::make_unique<WithoutReflection>(); }

}  // namespace balancer::controlplane

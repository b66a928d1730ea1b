// gRPC's reflection plugin adds itself to every server of a program that links it; this takes it away again.
#pragma once

#include <grpcpp/impl/server_builder_option.h>

#include <memory>

namespace balancer::controlplane {

[[nodiscard]] std::unique_ptr<grpc::ServerBuilderOption> without_reflection();

}  // namespace balancer::controlplane

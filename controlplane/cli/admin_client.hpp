// Calls to a control plane's AdminService, each with a deadline.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "balancer/controlplane/v1/admin.grpc.pb.h"
#include "common/error/error.hpp"
#include "common/net/listen_address.hpp"

namespace balancer::controlplane::cli {

// Every call fails with kUnavailable if the control plane does not answer in time; the message names its address.
class AdminClient {
 public:
  explicit AdminClient(const ListenAddress& server);

  [[nodiscard]] Result<v1::ListProvidersResponse> list_providers();
  [[nodiscard]] Result<v1::ReloadConfigResponse> reload_config();
  [[nodiscard]] Result<v1::GetServerInfoResponse> server_info();

 private:
  template <class Request, class Response>
  using Method = grpc::Status (v1::AdminService::Stub::*)(grpc::ClientContext*, const Request&, Response*);

  template <class Request, class Response>
  Result<Response> call(Method<Request, Response> method, std::chrono::milliseconds timeout);

  std::string server_;
  std::unique_ptr<v1::AdminService::Stub> stub_;
};

}  // namespace balancer::controlplane::cli

// Calls to a control plane's AdminService, each with a deadline.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "balancer/controlplane/v1/admin.grpc.pb.h"
#include "common/error/error.hpp"
#include "common/net/listen_address.hpp"
#include "common/tls/tls_files.hpp"

namespace balancer::controlplane::cli {

// Every call fails with kUnavailable if the control plane does not answer in time; the message names its address. What
// the control plane refuses is kNotFound or kInvalidRequest, in its own words.
class AdminClient {
 public:
  // With authorities in `tls`: TLS, but for a Unix socket. Every call fails while those files cannot be used.
  AdminClient(const ListenAddress& server, const tls::Files& tls);

  [[nodiscard]] Result<v1::ListProvidersResponse> list_providers();
  [[nodiscard]] Result<v1::ReloadConfigResponse> reload_config();
  [[nodiscard]] Result<v1::GetServerInfoResponse> server_info();
  [[nodiscard]] Result<v1::CoolProviderResponse> cool_provider(const std::string& provider,
                                                               std::chrono::milliseconds duration);
  [[nodiscard]] Result<v1::RestoreProviderResponse> restore_provider(const std::string& provider);
  [[nodiscard]] Result<v1::ExplainRouteResponse> explain_route(const v1::ExplainRouteRequest& question);
  [[nodiscard]] Result<v1::GetCacheStatsResponse> cache_stats();
  [[nodiscard]] Result<v1::FlushCacheResponse> flush_cache();
  // 0 for as many as there are.
  [[nodiscard]] Result<v1::ListRequestsResponse> list_requests(unsigned limit);
  [[nodiscard]] Result<v1::GetTrafficResponse> traffic();
  [[nodiscard]] Result<v1::GetConfigResponse> config();
  [[nodiscard]] Result<v1::DrainGatewayResponse> drain_gateway(const std::string& gateway, bool drain);

 private:
  template <class Request, class Response>
  using Method = grpc::Status (v1::AdminService::Stub::*)(grpc::ClientContext*, const Request&, Response*);

  [[nodiscard]] Error failure(const grpc::Status& status) const;
  template <class Request, class Response>
  Result<Response> call(Method<Request, Response> method, std::chrono::milliseconds timeout,
                        const Request& request = {});

  std::string server_;
  std::optional<Error> unusable_;
  std::unique_ptr<v1::AdminService::Stub> stub_;
};

}  // namespace balancer::controlplane::cli

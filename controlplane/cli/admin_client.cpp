#include "controlplane/cli/admin_client.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>
#include <grpcpp/grpcpp.h>

namespace balancer::controlplane::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kQueryTimeout = 5s;
// A reload reads files.
constexpr std::chrono::milliseconds kReloadTimeout = 30s;

Result<std::shared_ptr<grpc::ChannelCredentials>> credentials(const ListenAddress& server, const tls::Files& files) {
  if (files.authorities.empty() || !std::holds_alternative<TcpAddress>(server)) return grpc::InsecureChannelCredentials();
  const Result<tls::Material> material = tls::load(files);
  if (!material) return material.error();
  return grpc::SslCredentials({.pem_root_certs = material->authorities,
                               .pem_private_key = material->private_key.reveal(),
                               .pem_cert_chain = material->certificate_chain});
}

// A server that speaks TLS closes the connection of whoever does not, or shows no certificate.
std::string_view advice(const grpc::Status& status) {
  if (status.error_message().find("Socket closed") == std::string::npos) return "";
  return " (if it speaks TLS, say --tls-ca, and --tls-certificate and --tls-key if it asks for a certificate)";
}

}  // namespace

AdminClient::AdminClient(const ListenAddress& server, const tls::Files& tls) : server_(to_string(server)) {
  const auto usable = credentials(server, tls);
  if (usable) {
    stub_ = v1::AdminService::NewStub(grpc::CreateChannel(server_, *usable));
  } else {
    unusable_ = usable.error();
  }
}

Error AdminClient::failure(const grpc::Status& status) const {
  switch (status.error_code()) {
    case grpc::StatusCode::NOT_FOUND: return {ErrorCode::kNotFound, status.error_message(), {}};
    case grpc::StatusCode::INVALID_ARGUMENT: return {ErrorCode::kInvalidRequest, status.error_message(), {}};
    case grpc::StatusCode::UNIMPLEMENTED:
      return {ErrorCode::kNotImplemented, fmt::format("the control plane at {} is too old for this", server_), {}};
    default:
      return {ErrorCode::kUnavailable,
              fmt::format("the control plane at {} does not answer: {}{}", server_, status.error_message(), advice(status)),
              {}};
  }
}

template <class Request, class Response>
Result<Response> AdminClient::call(Method<Request, Response> method, std::chrono::milliseconds timeout,
                                   const Request& request) {
  if (unusable_) return *unusable_;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + timeout);
  Response response;
  const grpc::Status status = (stub_.get()->*method)(&context, request, &response);
  if (status.ok()) return response;
  return failure(status);
}

Result<v1::ListProvidersResponse> AdminClient::list_providers() {
  return call(&v1::AdminService::Stub::ListProviders, kQueryTimeout);
}

Result<v1::ReloadConfigResponse> AdminClient::reload_config() {
  return call(&v1::AdminService::Stub::ReloadConfig, kReloadTimeout);
}

Result<v1::GetServerInfoResponse> AdminClient::server_info() {
  return call(&v1::AdminService::Stub::GetServerInfo, kQueryTimeout);
}

Result<v1::CoolProviderResponse> AdminClient::cool_provider(const std::string& provider,
                                                            std::chrono::milliseconds duration) {
  v1::CoolProviderRequest request;
  request.set_provider(provider);
  *request.mutable_duration() = google::protobuf::util::TimeUtil::MillisecondsToDuration(duration.count());
  return call(&v1::AdminService::Stub::CoolProvider, kQueryTimeout, request);
}

Result<v1::RestoreProviderResponse> AdminClient::restore_provider(const std::string& provider) {
  v1::RestoreProviderRequest request;
  request.set_provider(provider);
  return call(&v1::AdminService::Stub::RestoreProvider, kQueryTimeout, request);
}

Result<v1::ExplainRouteResponse> AdminClient::explain_route(const v1::ExplainRouteRequest& question) {
  return call(&v1::AdminService::Stub::ExplainRoute, kQueryTimeout, question);
}

Result<v1::GetCacheStatsResponse> AdminClient::cache_stats() {
  return call(&v1::AdminService::Stub::GetCacheStats, kQueryTimeout);
}

Result<v1::FlushCacheResponse> AdminClient::flush_cache() {
  return call(&v1::AdminService::Stub::FlushCache, kQueryTimeout);
}

Result<v1::ListRequestsResponse> AdminClient::list_requests(unsigned limit) {
  v1::ListRequestsRequest request;
  request.set_limit(limit);
  return call(&v1::AdminService::Stub::ListRequests, kQueryTimeout, request);
}

Result<v1::GetTrafficResponse> AdminClient::traffic() {
  return call(&v1::AdminService::Stub::GetTraffic, kQueryTimeout);
}

Result<v1::GetConfigResponse> AdminClient::config() { return call(&v1::AdminService::Stub::GetConfig, kQueryTimeout); }

Result<v1::DrainGatewayResponse> AdminClient::drain_gateway(const std::string& gateway, bool drain) {
  v1::DrainGatewayRequest request;
  request.set_gateway(gateway);
  request.set_drain(drain);
  return call(&v1::AdminService::Stub::DrainGateway, kQueryTimeout, request);
}

}  // namespace balancer::controlplane::cli

#include "controlplane/cli/admin_client.hpp"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

namespace balancer::controlplane::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kQueryTimeout = 5s;
// A reload reads files.
constexpr std::chrono::milliseconds kReloadTimeout = 30s;

}  // namespace

AdminClient::AdminClient(const ListenAddress& server)
    : server_(to_string(server)),
      stub_(v1::AdminService::NewStub(grpc::CreateChannel(server_, grpc::InsecureChannelCredentials()))) {}

template <class Request, class Response>
Result<Response> AdminClient::call(Method<Request, Response> method, std::chrono::milliseconds timeout) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + timeout);
  Response response;
  const grpc::Status status = (stub_.get()->*method)(&context, Request(), &response);
  if (status.ok()) return response;
  return Error{ErrorCode::kUnavailable,
               fmt::format("the control plane at {} does not answer: {}", server_, status.error_message()),
               {}};
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

}  // namespace balancer::controlplane::cli

#include "controlplane/rpc/config_service.hpp"

#include "common/log/log.hpp"
#include "controlplane/rpc/gateway_encoding.hpp"
#include "controlplane/rpc/snapshot_encoding.hpp"
#include "controlplane/rpc/snapshot_watch.hpp"

namespace balancer::controlplane {

grpc::ServerWriteReactor<v1::WatchSnapshotResponse>* ConfigService::WatchSnapshot(
    grpc::CallbackServerContext*, const v1::WatchSnapshotRequest* request) {
  return new SnapshotWatch(control_plane_, open_streams_, decode(request->gateway()));
}

grpc::ServerUnaryReactor* ConfigService::ReportGateway(grpc::CallbackServerContext* context,
                                                       const v1::ReportGatewayRequest* request,
                                                       v1::ReportGatewayResponse*) {
  control_plane_.gateways().report(request->gateway_id(), decode(request->condition()));
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerUnaryReactor* ConfigService::AcknowledgeSnapshot(grpc::CallbackServerContext* context,
                                                             const v1::AcknowledgeSnapshotRequest* request,
                                                             v1::AcknowledgeSnapshotResponse*) {
  const std::string& id = request->gateway().id();
  if (!request->rejection_reason().empty()) {
    log::error("gateway refused a snapshot", {{"gateway", id},
                                              {"snapshot_version", request->snapshot_version()},
                                              {"reason", request->rejection_reason()}});
  }
  std::vector<ProviderStatus> remembered;
  for (const v1::ProviderStatus& status : request->known_statuses()) remembered.push_back(decode(status));
  control_plane_.adopt(remembered);
  control_plane_.gateways().acknowledge(id, request->snapshot_version(), request->rejection_reason());
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace balancer::controlplane

#include "controlplane/cli/gateway_view.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <vector>

#include "controlplane/cli/description.hpp"
#include "controlplane/cli/name_match.hpp"
#include "controlplane/cli/text_table.hpp"
#include "controlplane/cli/time_view.hpp"

namespace balancer::controlplane::cli {
namespace {

using google::protobuf::util::TimeUtil;
using nlohmann::ordered_json;
using Rows = std::vector<std::vector<std::string>>;

std::string config_text(const v1::ConnectedGateway& gateway, std::uint64_t newest) {
  if (!gateway.rejection_reason().empty()) return "refused: " + gateway.rejection_reason();
  return gateway.snapshot_version() == newest ? "newest" : fmt::format("behind ({} of {})", gateway.snapshot_version(), newest);
}

std::string time_text(const google::protobuf::Timestamp& time) { return TimeUtil::ToString(time); }

ordered_json gateway_json(const v1::ConnectedGateway& gateway) {
  const v1::GatewayIdentity& identity = gateway.identity();
  ordered_json json{{"id", identity.id()},
                    {"version", identity.version()},
                    {"host_name", identity.host_name()},
                    {"listen_address", identity.listen_address()},
                    {"start_time", nullptr},
                    {"connect_time", time_text(gateway.connect_time())},
                    {"snapshot_version", gateway.snapshot_version()},
                    {"rejection_reason", gateway.rejection_reason()},
                    {"open_request_count", nullptr},
                    {"open_stream_count", nullptr},
                    {"draining", gateway.condition().draining()},
                    {"drain_wanted", gateway.drain_wanted()}};
  if (identity.has_start_time()) json["start_time"] = time_text(identity.start_time());
  if (gateway.has_condition()) {
    json["open_request_count"] = gateway.condition().open_request_count();
    json["open_stream_count"] = gateway.condition().open_stream_count();
  }
  return json;
}

std::string open_text(const v1::ConnectedGateway& gateway) {
  return gateway.has_condition() ? std::to_string(gateway.condition().open_request_count()) : std::string();
}

}  // namespace

std::string rotation_text(const v1::ConnectedGateway& gateway) {
  if (!gateway.drain_wanted() && !gateway.condition().draining()) return "in rotation";
  const std::int64_t open = gateway.condition().open_request_count();
  if (!gateway.condition().draining() || open > 0) return fmt::format("draining ({} open)", open);
  return "drained";
}

const v1::ConnectedGateway* find_gateway(const v1::GetServerInfoResponse& info, const std::string& name) {
  NameMatch<v1::ConnectedGateway> match;
  for (const v1::ConnectedGateway& gateway : info.gateways()) {
    match.offer(gateway, name, {gateway.identity().id(), gateway.identity().host_name()});
  }
  return match.found();
}

Rendering gateways_rendering(const v1::GetServerInfoResponse& info) {
  Rows rows;
  Rows wide_rows;
  Rendering rendering;
  rendering.json = {{"gateways", ordered_json::array()}};
  for (const v1::ConnectedGateway& gateway : info.gateways()) {
    const v1::GatewayIdentity& identity = gateway.identity();
    const std::vector<std::string> row{identity.id(), identity.listen_address(), rotation_text(gateway),
                                       open_text(gateway), config_text(gateway, info.snapshot_version())};
    rows.push_back(row);
    rows.back().push_back(identity.version());
    std::vector<std::string>& wide = wide_rows.emplace_back(rows.back());
    wide.push_back(identity.host_name());
    wide.push_back(std::to_string(gateway.condition().open_stream_count()));
    wide.push_back(time_text(gateway.connect_time()));
    rendering.json["gateways"].push_back(gateway_json(gateway));
    rendering.names.push_back(identity.id());
  }
  rendering.text = format_table({"ID", "ADDRESS", "STATE", "OPEN", "CONFIG", "VERSION"}, rows);
  rendering.wide_text =
      format_table({"ID", "ADDRESS", "STATE", "OPEN", "CONFIG", "VERSION", "HOST", "STREAMS", "CONNECTED"}, wide_rows);
  return rendering;
}

Rendering gateway_rendering(const v1::ConnectedGateway& gateway, std::uint64_t newest_version) {
  const v1::GatewayIdentity& identity = gateway.identity();
  Description description;
  description.add("id", identity.id());
  description.add("version", identity.version());
  description.add("host", identity.host_name());
  description.add("address", identity.listen_address());
  description.add("started", identity.has_start_time() ? time_text(identity.start_time()) : "");
  description.add("connected", time_text(gateway.connect_time()));
  description.add("state", rotation_text(gateway));
  description.add("config", config_text(gateway, newest_version));
  description.add("open", open_text(gateway));
  description.add("streams", gateway.has_condition() ? std::to_string(gateway.condition().open_stream_count()) : "");
  Rendering rendering;
  rendering.text = description.text();
  rendering.json = gateway_json(gateway);
  rendering.names.push_back(identity.id());
  return rendering;
}

}  // namespace balancer::controlplane::cli

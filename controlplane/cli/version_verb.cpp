// Which versions talk to each other.
#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include "controlplane/cli/admin_client.hpp"
#include "controlplane/cli/gateway_view.hpp"
#include "controlplane/cli/output.hpp"
#include "controlplane/cli/text_table.hpp"
#include "controlplane/cli/verbs.hpp"

namespace balancer::controlplane::cli {
namespace {

using google::protobuf::util::TimeUtil;
using nlohmann::ordered_json;

ordered_json server_json(const v1::GetServerInfoResponse& info) {
  return {{"version", info.version()},
          {"snapshot_version", info.snapshot_version()},
          {"load_time", TimeUtil::ToString(info.load_time())},
          {"start_time", TimeUtil::ToString(info.start_time())},
          {"gateways", gateways_rendering(info).json.at("gateways")}};
}

}  // namespace

int show_version(const Command& command) {
  const auto info = AdminClient(command.server, command.tls).server_info();
  std::vector<std::vector<std::string>> rows{{"client", BALANCER_VERSION, ""}};
  if (info) rows.push_back({"server", info->version(), std::to_string(info->snapshot_version())});
  Rendering rendering;
  rendering.text = format_table({"PROGRAM", "VERSION", "SNAPSHOT"}, rows);
  rendering.json = {{"client", {{"version", BALANCER_VERSION}}}, {"server", nullptr}};
  if (info) rendering.json["server"] = server_json(*info);
  rendering.names = {BALANCER_VERSION};
  print(rendering, command.format);
  if (!info) fmt::print(stderr, "balancerctl: {}\n", info.error().message);
  return kExitDone;
}

}  // namespace balancer::controlplane::cli

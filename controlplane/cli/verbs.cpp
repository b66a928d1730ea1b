#include "controlplane/cli/verbs.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <nlohmann/json.hpp>

#include "controlplane/cli/admin_client.hpp"
#include "controlplane/cli/output.hpp"
#include "controlplane/cli/problem_view.hpp"
#include "controlplane/cli/text_table.hpp"
#include "controlplane/config/config_loader.hpp"

namespace balancer::controlplane::cli {
namespace {

using google::protobuf::util::TimeUtil;
using nlohmann::ordered_json;

ordered_json server_json(const v1::GetServerInfoResponse& info) {
  ordered_json json{{"version", info.version()},
                    {"snapshot_version", info.snapshot_version()},
                    {"load_time", TimeUtil::ToString(info.load_time())},
                    {"gateways", ordered_json::array()}};
  for (const v1::ConnectedGateway& gateway : info.gateways()) {
    json["gateways"].push_back({{"id", gateway.identity().id()},
                                {"version", gateway.identity().version()},
                                {"snapshot_version", gateway.snapshot_version()},
                                {"rejection_reason", gateway.rejection_reason()}});
  }
  return json;
}

}  // namespace

int reload(const Command& command) {
  const auto response = AdminClient(command.server).reload_config();
  if (!response) return fail(response.error());
  const std::vector<ConfigProblem> problems = decode_problems(*response);
  const bool refused = response->snapshot_version() == 0;
  if (command.format == OutputFormat::kJson) {
    print_json({{"reloaded", !refused},
                {"snapshot_version", response->snapshot_version()},
                {"provider_count", response->provider_count()},
                {"healthy_provider_count", response->healthy_provider_count()},
                {"problems", problems_json(problems)}});
  } else {
    fmt::print(stderr, "{}", problems_text(problems));
    if (!refused) {
      fmt::print("snapshot {} in force: {} providers, {} healthy\n", response->snapshot_version(),
                 response->provider_count(), response->healthy_provider_count());
    }
  }
  if (!refused) return kExitDone;
  fmt::print(stderr, "balancerctl: the configuration was refused; the former one stays in force\n");
  return kExitInvalidConfiguration;
}

int validate_config(const Command& command) {
  const ConfigLoad load = load_config(command.config_file, process_environment());
  if (command.format == OutputFormat::kJson) {
    print_json({{"valid", load.config.has_value()}, {"problems", problems_json(load.problems)}});
  } else {
    fmt::print("{}", problems_text(load.problems));
  }
  fmt::print(stderr, "{}\n", summary(command.config_file, load.problems));
  return load.config ? kExitDone : kExitInvalidConfiguration;
}

int show_version(const Command& command) {
  const auto info = AdminClient(command.server).server_info();
  if (command.format == OutputFormat::kJson) {
    print_json({{"client", {{"version", BALANCER_VERSION}}}, {"server", info ? server_json(*info) : nullptr}});
  } else {
    std::vector<std::vector<std::string>> rows{{"client", BALANCER_VERSION, ""}};
    if (info) rows.push_back({"server", info->version(), std::to_string(info->snapshot_version())});
    fmt::print("{}", format_table({"PROGRAM", "VERSION", "SNAPSHOT"}, rows));
  }
  if (!info) fmt::print(stderr, "balancerctl: {}\n", info.error().message);
  return kExitDone;
}

}  // namespace balancer::controlplane::cli

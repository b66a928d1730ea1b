// The verbs about the configuration: what is in force, and what is in files.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "controlplane/cli/admin_client.hpp"
#include "controlplane/cli/config_view.hpp"
#include "controlplane/cli/output.hpp"
#include "controlplane/cli/problem_view.hpp"
#include "controlplane/cli/show.hpp"
#include "controlplane/cli/verbs.hpp"
#include "controlplane/config/config_loader.hpp"
#include "controlplane/config/config_view.hpp"
#include "controlplane/config_schema/config_schema.hpp"

namespace balancer::controlplane::cli {

int get_routes(const Command& command) {
  return show(command, [](AdminClient& client) -> Result<Rendering> {
    const auto config = client.config();
    if (!config) return config.error();
    return routes_rendering(*config);
  });
}

int get_config(const Command& command) {
  return show(command, [](AdminClient& client) -> Result<Rendering> {
    const auto config = client.config();
    if (!config) return config.error();
    return config_rendering(*config);
  });
}

int reload(const Command& command) {
  const auto response = AdminClient(command.server, command.tls).reload_config();
  if (!response) return fail(response.error());
  const std::vector<ConfigProblem> problems = decode_problems(*response);
  const bool refused = response->snapshot_version() == 0;
  fmt::print(stderr, "{}", problems_text(problems));
  Rendering rendering;
  rendering.json = {{"reloaded", !refused},
                    {"snapshot_version", response->snapshot_version()},
                    {"provider_count", response->provider_count()},
                    {"healthy_provider_count", response->healthy_provider_count()},
                    {"problems", problems_json(problems)}};
  if (!refused) {
    rendering.text = fmt::format("snapshot {} in force: {} providers, {} healthy\n", response->snapshot_version(),
                                 response->provider_count(), response->healthy_provider_count());
  }
  print(rendering, command.format);
  if (!refused) return kExitDone;
  fmt::print(stderr, "balancerctl: the configuration was refused; the former one stays in force\n");
  return kExitInvalidConfiguration;
}

int validate_config(const Command& command) {
  const ConfigLoad load = load_config(command.config_file, process_environment());
  print({.text = problems_text(load.problems),
         .json = {{"valid", load.config.has_value()}, {"problems", problems_json(load.problems)}}},
        command.format);
  fmt::print(stderr, "{}\n", summary(command.config_file, load.problems));
  return load.config ? kExitDone : kExitInvalidConfiguration;
}

int diff_config(const Command& command) {
  const ConfigLoad load = load_config(command.config_file, process_environment());
  if (!load.config) {
    fmt::print(stderr, "{}{}\n", problems_text(load.problems), summary(command.config_file, load.problems));
    return kExitInvalidConfiguration;
  }
  const auto in_force = AdminClient(command.server, command.tls).config();
  if (!in_force) return fail(in_force.error());
  const auto document = nlohmann::ordered_json::parse(in_force->document(), nullptr, /*allow_exceptions=*/false);
  const std::vector<ConfigDifference> found = differences(document, config_view(*load.config));
  print(differences_rendering(found), command.format);
  fmt::print(stderr, "{}\n", found.empty() ? "no setting differs (credentials are not compared)"
                                           : "credentials are not compared");
  return found.empty() ? kExitDone : kExitDifferent;
}

int print_config_schema(const Command&) {
  fmt::print("{}", kConfigSchema);
  return kExitDone;
}

}  // namespace balancer::controlplane::cli

#include "controlplane/cli/command_line.hpp"

#include <fmt/format.h>

#include <map>

#include "controlplane/cli/command_tree.hpp"

namespace balancer::controlplane::cli {
namespace {

const std::map<std::string, OutputFormat>& formats() {
  static const std::map<std::string, OutputFormat> kFormats{{"table", OutputFormat::kTable},
                                                            {"wide", OutputFormat::kWide},
                                                            {"json", OutputFormat::kJson},
                                                            {"yaml", OutputFormat::kYaml},
                                                            {"name", OutputFormat::kName}};
  return kFormats;
}

}  // namespace

std::variant<Command, EarlyExit> parse_command_line(int argc, const char* const* argv) {
  Command command;
  GlobalOptions options;
  CLI::App app("Asks and tells a control plane of the balancer, and sets up its clients.", "balancerctl");
  add_everything(app, command, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return EarlyExit{app.exit(error) == 0 ? kExitDone : kExitUsage};
  }
  if (!command.tls.certificate.empty() && command.tls.authorities.empty()) {
    fmt::print(stderr, "balancerctl: --tls-certificate needs --tls-ca\n");
    return EarlyExit{kExitUsage};
  }
  command.format = formats().at(options.format);
  command.server = *parse_listen_address(options.server);
  return command;
}

}  // namespace balancer::controlplane::cli

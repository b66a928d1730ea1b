#include "controlplane/cli/command_line.hpp"

#include <CLI/CLI.hpp>


namespace balancer::controlplane::cli {
namespace {

// CLI11's way of saying why a value is refused: an empty string accepts it.
std::string check_address(const std::string& text) {
  const auto address = parse_listen_address(text);
  return address ? std::string() : address.error().message;
}

}  // namespace

std::variant<Command, EarlyExit> parse_command_line(int argc, const char* const* argv) {
  Command command;
  std::string server = "127.0.0.1:9091";
  std::string format = "table";

  CLI::App app("Asks and tells a control plane of the balancer.", "balancerctl");
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", std::string("balancerctl ") + BALANCER_VERSION);
  app.add_option("--server", server, "The control plane")
      ->envname("BALANCER_CONTROL_PLANE")
      ->check(check_address)
      ->type_name("HOST:PORT|unix:PATH")
      ->capture_default_str();
  app.add_option("-o,--output", format, "How to print")
      ->check(CLI::IsMember({"table", "json"}))
      ->type_name("table|json")
      ->capture_default_str();

  const auto choose = [&command](Verb verb) { return [&command, verb] { command.verb = verb; }; };
  CLI::App* get = app.add_subcommand("get", "Show what the control plane knows")->require_subcommand(1);
  get->add_subcommand("providers", "The providers and their health")->callback(choose(Verb::kGetProviders));
  app.add_subcommand("reload", "Read the configuration file now")->callback(choose(Verb::kReload));
  CLI::App* config = app.add_subcommand("config", "Work on configuration files")->require_subcommand(1);
  CLI::App* validate = config->add_subcommand("validate", "Check a file, without a control plane")
                           ->callback(choose(Verb::kValidateConfig));
  validate->add_option("file", command.config_file)->required()->type_name("FILE");
  app.add_subcommand("version", "Versions of this program and of the control plane")->callback(choose(Verb::kVersion));
  for (CLI::App* group : {get, config}) group->fallthrough();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return EarlyExit{app.exit(error) == 0 ? kExitDone : kExitUsage};
  }
  command.format = format == "json" ? OutputFormat::kJson : OutputFormat::kTable;
  command.server = *parse_listen_address(server);
  return command;
}

}  // namespace balancer::controlplane::cli

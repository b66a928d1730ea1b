#include "controlplane/cli/command_line.hpp"

#include <CLI/CLI.hpp>

#include "common/config/duration_text.hpp"

namespace balancer::controlplane::cli {
namespace {

// CLI11's way of saying why a value is refused: an empty string accepts it.
std::string check_address(const std::string& text) {
  const auto address = parse_listen_address(text);
  return address ? std::string() : address.error().message;
}

std::string check_duration(const std::string& text) {
  return parse_duration(text) ? std::string() : "a duration is a number with one of the units ms, s, m, h: " + text;
}

std::string example(const std::string& words) { return "Example: balancerctl " + words; }

// A verb, or a noun that completes one.
CLI::App* add(CLI::App& parent, Command& command, Verb verb, const std::string& name, const std::string& purpose,
              const std::string& example_words) {
  CLI::App* added = parent.add_subcommand(name, purpose);
  added->callback([&command, verb] { command.verb = verb; });
  added->footer(example(example_words));
  return added;
}

CLI::App& add_group(CLI::App& app, const std::string& name, const std::string& purpose,
                    const std::string& example_words) {
  return *app.add_subcommand(name, purpose)->require_subcommand(1)->footer(example(example_words));
}

void add_name(CLI::App& verb, Command& command) {
  verb.add_option("name", command.provider, "The provider's name in the configuration")->required()->type_name("NAME");
}

void add_get(CLI::App& app, Command& command) {
  CLI::App& get = add_group(app, "get", "Show what the control plane knows", "get providers -o json");
  add(get, command, Verb::kGetProviders, "providers", "The providers and their health", "get providers");
}

void add_describe(CLI::App& app, Command& command) {
  CLI::App& describe = add_group(app, "describe", "Show all that is known of one thing", "describe provider anthropic");
  add_name(*add(describe, command, Verb::kDescribeProvider, "provider", "Its health, load and models",
                "describe provider anthropic"),
           command);
}

void add_cooldown(CLI::App& app, Command& command) {
  CLI::App* cooldown = add(app, command, Verb::kCoolProvider, "cooldown",
                           "Take a provider out of every gateway; it comes back by itself",
                           "cooldown anthropic --for 10m");
  add_name(*cooldown, command);
  cooldown
      ->add_option_function<std::string>(
          "--for", [&command](const std::string& text) { command.duration = *parse_duration(text); },
          "For how long: 1s to 24h [5m]")
      ->check(check_duration)
      ->type_name("DURATION");
}

void add_restore(CLI::App& app, Command& command) {
  add_name(*add(app, command, Verb::kRestoreProvider, "restore",
                "Put a provider back: forgets all that speaks against it and its models", "restore anthropic"),
           command);
}

void add_explain(CLI::App& app, Command& command) {
  CLI::App* explain = add(app, command, Verb::kExplain, "explain",
                          "Which providers a request would be sent to now, in which order, and why",
                          "explain claude-sonnet-4-5 --session 6f1c0a52-77e1-4c43-9a53-0a8de3c1c0de");
  explain->add_option("model", command.model, "As a client would send it")->required()->type_name("MODEL");
  explain->add_option("--session", command.session, "The client's x-claude-code-session-id")->type_name("ID");
  explain->add_option("--provider", command.provider, "The one provider that the client insists on")->type_name("NAME");
  explain->add_option("--caller", command.caller, "The name of the client's key, where clients have keys")
      ->type_name("NAME");
}

void add_cache(CLI::App& app, Command& command) {
  CLI::App& cache = add_group(app, "cache", "The answers that requests share", "cache stats");
  add(cache, command, Verb::kCacheStats, "stats", "What is stored, and what sharing has saved", "cache stats -o json");
  add(cache, command, Verb::kFlushCache, "flush", "Forget all stored answers", "cache flush");
}

void add_reload(CLI::App& app, Command& command) {
  add(app, command, Verb::kReload, "reload", "Read the configuration file now", "reload");
}

void add_config(CLI::App& app, Command& command) {
  CLI::App& config = add_group(app, "config", "Work on configuration files", "config validate config.yaml");
  add(config, command, Verb::kValidateConfig, "validate", "Check a file, without a control plane",
      "config validate config.yaml")
      ->add_option("file", command.config_file)
      ->required()
      ->type_name("FILE");
}

void add_version(CLI::App& app, Command& command) {
  add(app, command, Verb::kVersion, "version", "Versions of this program and of the control plane", "version -o json");
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

  app.footer("Exit status: 0 done, 1 failed or not found, 2 wrong usage, 4 invalid configuration.\n" +
             example("get providers"));
  add_get(app, command);
  add_describe(app, command);
  add_cooldown(app, command);
  add_restore(app, command);
  add_explain(app, command);
  add_cache(app, command);
  add_reload(app, command);
  add_config(app, command);
  add_version(app, command);

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

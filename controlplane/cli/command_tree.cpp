#include "controlplane/cli/command_tree.hpp"

#include "common/config/duration_text.hpp"
#include "common/process/process_environment.hpp"
#include "common/tls/tls_flags.hpp"

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
CLI::App& add(CLI::App& parent, Command& command, Verb verb, const std::string& name, const std::string& purpose,
              const std::string& example_words) {
  CLI::App* added = parent.add_subcommand(name, purpose);
  added->callback([&command, verb] { command.verb = verb; });
  added->footer(example(example_words));
  return *added;
}

CLI::App& add_group(CLI::App& app, const std::string& name, const std::string& purpose,
                    const std::string& example_words) {
  return *app.add_subcommand(name, purpose)->require_subcommand(1)->footer(example(example_words));
}

void add_duration(CLI::App& verb, const std::string& name, std::chrono::milliseconds& duration,
                  const std::string& purpose) {
  verb.add_option_function<std::string>(
          name, [&duration](const std::string& text) { duration = *parse_duration(text); }, purpose)
      ->check(check_duration)
      ->type_name("DURATION");
}

// What the name is of is its type's: completion asks for it.
void add_name(CLI::App& verb, Command& command, const std::string& type, const std::string& purpose) {
  verb.add_option("name", command.name, purpose)->required()->type_name(type);
}

void add_watching(CLI::App& verb, Command& command) {
  verb.add_flag("-w,--watch", command.watch, "Go on showing it, until Ctrl-C");
  add_duration(verb, "--interval", command.interval, "Between two looks of --watch [2s]");
  verb.add_option("--rounds", command.rounds, "End after so many looks [0: never]")->type_name("COUNT");
}

void add_limit(CLI::App& verb, Command& command) {
  verb.add_option("--limit", command.limit, "As many of the latest; 0 for all that are remembered [25]")
      ->type_name("COUNT");
}

// What `get` and `watch` can show.
void add_listings(CLI::App& parent, Command& command, const std::string& verb) {
  add(parent, command, Verb::kGetProviders, "providers", "The providers and their health", verb + " providers -o wide");
  add(parent, command, Verb::kGetRoutes, "routes", "Which models go to which providers", verb + " routes");
  add(parent, command, Verb::kGetGateways, "gateways", "The connected gateways", verb + " gateways");
  add_limit(add(parent, command, Verb::kGetRequests, "requests", "The latest requests: where they went, and how it was",
                verb + " requests --limit 10"),
            command);
}

void add_get(CLI::App& app, Command& command) {
  CLI::App& get = add_group(app, "get", "Show what the control plane knows", "get providers -o json");
  add_listings(get, command, "get");
  add(get, command, Verb::kGetConfig, "config", "The configuration in force, without credentials", "get config -o yaml");
  for (CLI::App* noun : get.get_subcommands({})) add_watching(*noun, command);
}

void add_watch(CLI::App& app, Command& command) {
  CLI::App& watch = add_group(app, "watch", "Show it again and again, as a live table", "watch providers");
  add_listings(watch, command, "watch");
  for (CLI::App* noun : watch.get_subcommands({})) {
    noun->preparse_callback([&command](std::size_t) { command.watch = true; });
    add_duration(*noun, "--interval", command.interval, "Between two looks [2s]");
    noun->add_option("--rounds", command.rounds, "End after so many looks [0: never]")->type_name("COUNT");
  }
}

void add_describe(CLI::App& app, Command& command) {
  CLI::App& describe = add_group(app, "describe", "Show all that is known of one thing", "describe provider anthropic");
  add_name(add(describe, command, Verb::kDescribeProvider, "provider", "Its health, load and models",
               "describe provider anthropic"),
           command, "PROVIDER", "The provider's name in the configuration");
  add_name(add(describe, command, Verb::kDescribeGateway, "gateway", "Its version, address, configuration and load",
               "describe gateway gw-3f2a"),
           command, "GATEWAY", "Its id or host name, or a beginning of either");
  add_name(add(describe, command, Verb::kDescribeRequest, "request",
               "Where one of the latest requests went, why, and how it was", "describe request req_011CS"),
           command, "REQUEST", "The answer's request-id or x-balancer-request-id header, or a beginning of it");
}

void add_explain(CLI::App& app, Command& command) {
  CLI::App& explain = add(app, command, Verb::kExplain, "explain",
                          "Which providers a request would be sent to now, in which order, and why",
                          "explain claude-sonnet-4-5 --session 6f1c0a52-77e1-4c43-9a53-0a8de3c1c0de");
  explain.add_option("model", command.model, "As a client would send it")->required()->type_name("MODEL");
  explain.add_option("--session", command.session, "The client's x-claude-code-session-id")->type_name("ID");
  explain.add_option("--provider", command.provider, "The one provider that the client insists on")
      ->type_name("PROVIDER");
  explain.add_option("--caller", command.caller, "The name of the client's key, where clients have keys")
      ->type_name("NAME");
}

void add_top(CLI::App& app, Command& command) {
  CLI::App& top =
      add(app, command, Verb::kTop, "top", "Traffic, and providers and gateways by load, on one screen", "top --watch");
  add_watching(top, command);
}

void add_provider_changes(CLI::App& app, Command& command) {
  CLI::App& cooldown = add(app, command, Verb::kCoolProvider, "cooldown",
                           "Take a provider out of every gateway; it comes back by itself", "cooldown anthropic --for 10m");
  add_name(cooldown, command, "PROVIDER", "The provider's name in the configuration");
  add_duration(cooldown, "--for", command.duration, "For how long: 1s to 24h [5m]");
  add_name(add(app, command, Verb::kRestoreProvider, "restore",
               "Put a provider back: forgets all that speaks against it and its models", "restore anthropic"),
           command, "PROVIDER", "The provider's name in the configuration");
}

void add_drain(CLI::App& app, Command& command) {
  CLI::App& drain = add(app, command, Verb::kDrainGateway, "drain",
                        "Take a gateway out of rotation: it says that it is not ready, and goes on answering",
                        "drain gw-3f2a --wait");
  add_name(drain, command, "GATEWAY", "Its id or host name, or a beginning of either");
  drain.add_flag("--undo", command.undo, "Put it back into rotation");
  drain.add_flag("--wait", command.wait, "Until it has no request left");
  add_duration(drain, "--timeout", command.wait_limit, "For --wait [5m]");
}

void add_cache(CLI::App& app, Command& command) {
  CLI::App& cache = add_group(app, "cache", "The answers that requests share", "cache stats");
  add(cache, command, Verb::kCacheStats, "stats", "What is stored, and what sharing has saved", "cache stats -o json");
  add(cache, command, Verb::kFlushCache, "flush", "Forget all stored answers", "cache flush");
}

void add_config(CLI::App& app, Command& command) {
  add(app, command, Verb::kReload, "reload", "Read the configuration file now", "reload");
  CLI::App& config = add_group(app, "config", "Work on configuration files", "config validate config.yaml");
  add(config, command, Verb::kValidateConfig, "validate", "Check a file, without a control plane",
      "config validate config.yaml")
      .add_option("file", command.config_file)
      ->required()
      ->type_name("FILE");
  add(config, command, Verb::kDiffConfig, "diff", "How a file differs from what is in force; exit status 3 if it does",
      "config diff config.yaml")
      .add_option("file", command.config_file)
      ->required()
      ->type_name("FILE");
  add(config, command, Verb::kConfigSchema, "schema", "The JSON Schema of the file, for editors",
      "config schema > config.schema.json");
}

void add_client(CLI::App& verb, Command& command) {
  verb.add_option("--url", command.url, "The gateway [ANTHROPIC_BASE_URL, else http://127.0.0.1:9090]")->type_name("URL");
}

void add_key(CLI::App& verb, Command& command) {
  constexpr const char* kVariable = "BALANCER_CLIENT_KEY";
  verb.add_option_function<std::string>(
          "--key",
          [&command](const std::string& key) {
            command.key = Secret(key);
            command.key_in_arguments = process_environment()(kVariable) != key;
          },
          "The gateway's key for this client; other users can see it in the list of processes")
      ->envname(kVariable)
      ->type_name("KEY");
  verb.add_option("--key-file", command.key_file, "A file that holds it instead")->type_name("FILE");
}

void add_client_verbs(CLI::App& app, Command& command) {
  CLI::App& doctor = add(app, command, Verb::kDoctor, "doctor",
                         "Check a running set-up as Claude Code would use it; asks for two short answers", "doctor");
  add_client(doctor, command);
  doctor.add_option("--model", command.model, "To ask [ANTHROPIC_MODEL, else one that the gateway lists]")
      ->type_name("MODEL");
  doctor.add_flag("--offline", command.offline, "Ask for nothing that costs tokens");
  doctor
      .add_option_function<std::string>(
          "--timeout", [&command](const std::string& text) { command.timeout = *parse_duration(text); },
          "For each answer [1m]")
      ->check(check_duration)
      ->type_name("DURATION");

  CLI::App& environment = add(app, command, Verb::kEnvironment, "env",
                              "Print what a shell evaluates to point Claude Code here", "env --shell fish | source");
  add_client(environment, command);
  add_key(environment, command);
  environment.add_option("--shell", command.shell, "For which shell [your own]")
      ->check(CLI::IsMember({"sh", "bash", "zsh", "fish", "powershell"}))
      ->type_name("SHELL");

  CLI::App& code = add(app, command, Verb::kCode, "code", "Run Claude Code through the gateway", "code -- --continue");
  add_client(code, command);
  add_key(code, command);
  code.add_option("arguments", command.arguments, "Claude Code's own, behind --")->type_name("ARGS");

  CLI::App& completion = add(app, command, Verb::kCompletion, "completion", "Print a script that completes this command",
                             "completion bash > ~/.local/share/bash-completion/completions/balancerctl");
  completion.add_option("shell", command.shell)
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("bash|zsh|fish");
}

}  // namespace

void add_everything(CLI::App& app, Command& command, GlobalOptions& options) {
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", std::string("balancerctl ") + BALANCER_VERSION);
  app.add_option("--server", options.server, "The control plane")
      ->envname("BALANCER_CONTROL_PLANE")
      ->check(check_address)
      ->type_name("HOST:PORT|unix:PATH")
      ->capture_default_str();
  const tls::FlagNames tls{.prefix = "--tls", .variable_prefix = "BALANCER_CONTROL_PLANE_TLS"};
  tls::add_authorities_flag(app, tls, "ca", "TLS to --server HOST:PORT, whose certificate must be of this authority, PEM",
                            command.tls);
  tls::add_identity_flags(app, tls, "What balancerctl proves itself with to the control plane, PEM", command.tls);
  app.add_option("-o,--output", options.format, "How to print")
      ->check(CLI::IsMember({"table", "wide", "json", "yaml", "name"}))
      ->type_name("table|wide|json|yaml|name")
      ->capture_default_str();
  app.footer(
      "Exit status: 0 done, 1 failed or not found, 2 wrong usage, 3 different (config diff), 4 invalid configuration.\n"
      "Colours are for terminals; NO_COLOR turns them off.\n"
      "Example: balancerctl get providers");
  add_verbs(app, command);
}

void add_verbs(CLI::App& app, Command& command) {
  add_get(app, command);
  add_describe(app, command);
  add_explain(app, command);
  add_watch(app, command);
  add_top(app, command);
  add_provider_changes(app, command);
  add_drain(app, command);
  add_cache(app, command);
  add_config(app, command);
  add_client_verbs(app, command);
  add(app, command, Verb::kVersion, "version", "Versions of this program and of the control plane", "version -o json");
}

}  // namespace balancer::controlplane::cli

#include "tests/unit/controlplane/cli_client/completion_tree.hpp"

namespace balancer::controlplane::cli {

CompletionTree::CompletionTree() {
  app_.fallthrough();
  app_.add_option("--server", text_, "The control plane, by its address: host, port")->type_name("HOST:PORT|unix:PATH");
  app_.add_option("-o,--output", text_, "How to print, it's a choice")
      ->check(CLI::IsMember({"table", "wide", "json"}))
      ->type_name("table|wide|json");
  app_.add_option("--hidden", text_, "Nobody's business")->group("");

  CLI::App& get = *app_.add_subcommand("get", "Show what the control plane knows");
  CLI::App& providers = *get.add_subcommand("providers", "The providers: health, and so on");
  providers.add_flag("-w,--watch", flag_, "Go on showing it");
  providers.add_option("--interval", text_, "Between two looks")->type_name("DURATION");
  get.add_subcommand("routes", "Which models go where");
  get.add_subcommand("secrets", "Nobody's business")->group("");

  CLI::App& describe = *app_.add_subcommand("describe", "Show all of one thing");
  describe.add_subcommand("provider", "Its health")->add_option("name", text_, "Which")->type_name("PROVIDER");

  CLI::App& explain = *app_.add_subcommand("explain", "Where a request would go");
  explain.add_option("model", text_, "Of the request")->type_name("MODEL");
  explain.add_option("--provider", text_, "The only one")->type_name("PROVIDER");

  app_.add_subcommand("validate", "Check a file")->add_option("file", text_, "Which")->type_name("FILE");
  app_.add_subcommand("completion", "A script")->add_option("shell", text_, "Whose")->type_name("bash|zsh|fish");
}

std::string provider_naming_program() {
  return "if [ \"$*\" = 'get providers -o name' ]; then\n"
         "  printf '%s\\n' anthropic mirror '$(touch evaluated)'\n"
         "else\n  echo 'no control plane' >&2\n  exit 1\nfi\n";
}

}  // namespace balancer::controlplane::cli

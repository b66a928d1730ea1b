// The verbs about providers and about where requests go.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "controlplane/cli/admin_client.hpp"
#include "controlplane/cli/explanation_view.hpp"
#include "controlplane/cli/output.hpp"
#include "controlplane/cli/printable_text.hpp"
#include "controlplane/cli/provider_description.hpp"
#include "controlplane/cli/provider_view.hpp"
#include "controlplane/cli/time_view.hpp"
#include "controlplane/cli/verbs.hpp"
#include "controlplane/config/unknown_name.hpp"

namespace balancer::controlplane::cli {
namespace {

Error nobody_named(const std::string& name, const v1::ListProvidersResponse& listing) {
  std::vector<std::string> names;
  for (const v1::ProviderListing& provider : listing.providers()) names.push_back(provider.name());
  return {ErrorCode::kNotFound, unknown_name("provider", name, names), {}};
}

// A provider's new state, after `news` about it.
int print_change(const Command& command, const v1::ProviderStatus& status, const std::string& news) {
  if (command.format == OutputFormat::kJson) {
    nlohmann::ordered_json json{{"name", status.provider()}};
    json.update(status_json(status));
    print_json(json);
    return kExitDone;
  }
  fmt::print("{} {}\n", printable(status.provider()), news);
  if (status.state() == v1::PROVIDER_STATE_DISABLED) {
    fmt::print(stderr, "balancerctl: {} is disabled in the configuration\n", printable(status.provider()));
  }
  return kExitDone;
}

v1::ExplainRouteRequest question_of(const Command& command) {
  v1::ExplainRouteRequest question;
  question.set_model(command.model);
  question.set_pinned_provider(command.provider);
  question.set_session_id(command.session);
  question.set_caller(command.caller);
  return question;
}

}  // namespace

int get_providers(const Command& command) {
  const auto listing = AdminClient(command.server).list_providers();
  if (!listing) return fail(listing.error());
  if (command.format == OutputFormat::kJson) {
    print_json(providers_json(*listing));
  } else {
    fmt::print("{}", providers_table(*listing));
  }
  return kExitDone;
}

int describe_provider(const Command& command) {
  const auto listing = AdminClient(command.server).list_providers();
  if (!listing) return fail(listing.error());
  const v1::ProviderListing* const provider = find_provider(*listing, command.provider);
  if (provider == nullptr) return fail(nobody_named(command.provider, *listing));
  if (command.format == OutputFormat::kJson) {
    print_json(provider_json(*provider));
  } else {
    fmt::print("{}", describe(*provider));
  }
  return kExitDone;
}

int cool_provider(const Command& command) {
  const auto response = AdminClient(command.server).cool_provider(command.provider, command.duration);
  if (!response) return fail(response.error());
  const v1::ProviderStatus& status = response->status();
  return print_change(command, status,
                      status.has_remaining_cooldown()
                          ? fmt::format("is taken out for {}", remaining_text(status.remaining_cooldown()))
                          : std::string("is taken out"));
}

int restore_provider(const Command& command) {
  const auto response = AdminClient(command.server).restore_provider(command.provider);
  if (!response) return fail(response.error());
  return print_change(command, response->status(), "is restored");
}

int explain(const Command& command) {
  const v1::ExplainRouteRequest question = question_of(command);
  const auto explanation = AdminClient(command.server).explain_route(question);
  if (!explanation) return fail(explanation.error());
  if (command.format == OutputFormat::kJson) {
    print_json(explanation_json(*explanation));
    return kExitDone;
  }
  fmt::print("{}", explanation_text(question, *explanation));
  if (is_order_random(*explanation)) {
    fmt::print(stderr, "balancerctl: the strategy throws dice; another request may see another order\n");
  }
  return kExitDone;
}

}  // namespace balancer::controlplane::cli

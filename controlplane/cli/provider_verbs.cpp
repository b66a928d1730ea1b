// The verbs about providers and about where requests go.
#include <fmt/format.h>

#include "controlplane/cli/admin_client.hpp"
#include "controlplane/cli/explanation_view.hpp"
#include "controlplane/cli/output.hpp"
#include "controlplane/cli/printable_text.hpp"
#include "controlplane/cli/provider_description.hpp"
#include "controlplane/cli/provider_view.hpp"
#include "controlplane/cli/show.hpp"
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
  Rendering rendering;
  rendering.text = fmt::format("{} {}\n", printable(status.provider()), news);
  rendering.json = {{"name", status.provider()}};
  rendering.json.update(status_json(status));
  rendering.names = {status.provider()};
  print(rendering, command.format);
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
  return show(command, [](AdminClient& client) -> Result<Rendering> {
    const auto listing = client.list_providers();
    if (!listing) return listing.error();
    return providers_rendering(*listing);
  });
}

int describe_provider(const Command& command) {
  return show(command, [&](AdminClient& client) -> Result<Rendering> {
    const auto listing = client.list_providers();
    if (!listing) return listing.error();
    const v1::ProviderListing* const provider = find_provider(*listing, command.name);
    if (provider == nullptr) return nobody_named(command.name, *listing);
    return Rendering{.text = describe(*provider),
                     .wide_text = {},
                     .json = provider_json(*provider),
                     .names = {provider->name()}};
  });
}

int cool_provider(const Command& command) {
  const auto response = AdminClient(command.server, command.tls).cool_provider(command.name, command.duration);
  if (!response) return fail(response.error());
  const v1::ProviderStatus& status = response->status();
  return print_change(command, status,
                      status.has_remaining_cooldown()
                          ? fmt::format("is taken out for {}", remaining_text(status.remaining_cooldown()))
                          : std::string("is taken out"));
}

int restore_provider(const Command& command) {
  const auto response = AdminClient(command.server, command.tls).restore_provider(command.name);
  if (!response) return fail(response.error());
  return print_change(command, response->status(), "is restored");
}

int explain(const Command& command) {
  const v1::ExplainRouteRequest question = question_of(command);
  bool random = false;
  const int status = show(command, [&](AdminClient& client) -> Result<Rendering> {
    const auto explanation = client.explain_route(question);
    if (!explanation) return explanation.error();
    random = is_order_random(*explanation);
    return explanation_rendering(question, *explanation);
  });
  const bool for_people = command.format == OutputFormat::kTable || command.format == OutputFormat::kWide;
  if (status == kExitDone && random && for_people) {
    fmt::print(stderr, "balancerctl: the strategy throws dice; another request may see another order\n");
  }
  return status;
}

}  // namespace balancer::controlplane::cli

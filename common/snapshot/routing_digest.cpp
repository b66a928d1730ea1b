#include "common/snapshot/routing_digest.hpp"

#include <string>

#include "common/signature/signature_builder.hpp"
#include "common/snapshot/conversion_switches.hpp"

namespace balancer {
namespace {

void add_number(SignatureBuilder& builder, long long number) { builder.add(std::to_string(number)); }

void add_texts(SignatureBuilder& builder, const std::vector<std::string>& texts) {
  add_number(builder, static_cast<long long>(texts.size()));
  for (const std::string& text : texts) builder.add(text);
}

void add(SignatureBuilder& builder, const Provider& provider) {
  builder.add(provider.name);
  add_number(builder, static_cast<int>(provider.type));
  builder.add(provider.base_url);
  add_number(builder, provider.enabled ? 1 : 0);
  builder.add(provider.version_override);
  add_texts(builder, provider.beta_add);
  add_texts(builder, provider.beta_remove);
  const std::vector<SwitchText> switches = switches_as_text(provider.conversion);
  add_number(builder, static_cast<long long>(switches.size()));
  for (const SwitchText& text : switches) {
    builder.add(text.name);
    add_texts(builder, text.values);
  }
}

void add(SignatureBuilder& builder, const routing::Route& route) {
  builder.add(route.pattern);
  add_number(builder, static_cast<long long>(route.targets.size()));
  for (const routing::RouteTarget& target : route.targets) {
    add_number(builder, static_cast<long long>(target.provider));
    builder.add(target.upstream_model);
    add_number(builder, target.priority);
    add_number(builder, target.enabled ? 1 : 0);
  }
}

}  // namespace

Sha256Digest routing_digest(const Snapshot& snapshot) {
  SignatureBuilder builder;
  add_number(builder, static_cast<long long>(snapshot.providers.size()));
  for (const Provider& provider : snapshot.providers) add(builder, provider);
  add_number(builder, static_cast<long long>(snapshot.routing.routes.size()));
  for (const routing::Route& route : snapshot.routing.routes) add(builder, route);
  return builder.finish().digest;
}

}  // namespace balancer

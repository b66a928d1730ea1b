#include "gateway/api/provider_attempt.hpp"

#include "gateway/api/converted_attempt.hpp"
#include "gateway/api/passthrough_attempt.hpp"
#include "gateway/http/client_authentication.hpp"

namespace balancer::gateway {

asio::awaitable<AttemptEnd> attempt_provider(const ForwardedRequest& request, const AttemptTarget& target,
                                             Dependencies& deps) {
  if (request.on_attempt) request.on_attempt(target);
  switch (target.provider.type) {
    case ProviderType::kAnthropic:
      return attempt_passthrough(request, target, deps);
    case ProviderType::kOpenAi:
      break;
  }
  return attempt_converted(request, target, deps);
}

std::string traceparent_for(const ForwardedRequest& request, const AttemptTarget& target) {
  if (!target.span || !request.record.trace) return {};
  tracing::TraceContext context = *request.record.trace;
  context.span = *target.span;
  return to_traceparent(context);
}

std::string_view withheld_field(const ForwardedRequest& request, const AttemptTarget& target) {
  if (target.provider.authentication != ProviderAuthentication::kPassthrough) return {};
  return gateway_key_field(request.exchange.request().fields, request.snapshot.client_authentication);
}

}  // namespace balancer::gateway

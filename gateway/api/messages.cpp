#include "gateway/api/messages.hpp"

#include <memory>
#include <optional>
#include <utility>

#include "gateway/api/messages_input.hpp"
#include "gateway/api/receive_request.hpp"
#include "gateway/api/reply.hpp"
#include "gateway/api/routed_answer.hpp"
#include "gateway/api/shared_messages.hpp"
#include "gateway/dialect/session_identity.hpp"
#include "gateway/dialect/signature/messages_signature.hpp"
#include "gateway/http/cache_directives.hpp"

namespace balancer::gateway {
namespace {

SessionIdentity session_of(const http::RequestHead& request, std::string_view caller,
                           const ReceivedRequest& received, const JsonObjectScanner& scanner) {
  const SessionHints hints{.caller = caller,
                           .session_id = request.header("x-claude-code-session-id"),
                           .context_compacted = request.header("x-claude-code-context-compacted")};
  return identify_session(hints, received.message, received.body.view(), scanner);
}

std::optional<RequestSignature> signature_of(const http::RequestHead& request, const MessagesInput& input,
                                             Dependencies& deps) {
  const SignatureContext context{.caller = input.caller,
                                 .client_fields = request.fields,
                                 .query = request.query,
                                 .routing_digest = input.snapshot->routing_digest,
                                 .include_max_tokens = input.snapshot->response_sharing.max_tokens_matter()};
  return sign_messages_request(context, input.received.message, input.received.body.view(), deps.scanner,
                               deps.conversion.request);
}

}  // namespace

asio::awaitable<void> serve_messages(http::Exchange& exchange, std::shared_ptr<RequestRecord> record,
                                     std::shared_ptr<const Snapshot> snapshot, Dependencies& deps) {
  const TimerWheel::TimePoint deadline = deps.wheel.now() + snapshot->timeouts.until_commit;
  Result<ReceivedRequest> received = co_await receive_request(exchange, *record, deps);
  if (!received) co_return co_await reply_error(exchange, received.error());
  const http::RequestHead& request = exchange.request();
  // Passed on as it is: it may have to outlive the connection.
  auto input = std::make_unique<MessagesInput>(MessagesInput{.received = std::move(*received),
                                                             .session = {},
                                                             .caller = record->caller,
                                                             .snapshot = std::move(snapshot),
                                                             .deadline = deadline,
                                                             .record = std::move(record)});
  input->session = session_of(request, input->caller, input->received, deps.scanner);
  std::optional<RequestTelemetry::OpenStream> stream;
  if (input->received.message.stream) stream.emplace(deps.telemetry);

  const ResponseSharing& sharing = input->snapshot->response_sharing;
  const CacheDirectives directives = read_cache_directives(request.fields);
  std::optional<RequestSignature> signature;
  if ((sharing.coalescing || sharing.caching) && !directives.no_store) signature = signature_of(request, *input, deps);
  if (signature) co_return co_await serve_shared(exchange, std::move(input), *signature, directives, deps);
  co_await serve_alone(exchange, *input, deps);
}

}  // namespace balancer::gateway

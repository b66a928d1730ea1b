#include "gateway/api/passthrough_attempt.hpp"

#include <utility>

#include "gateway/api/attempt_call.hpp"
#include "gateway/api/reply.hpp"
#include "gateway/api/stream_relay.hpp"
#include "gateway/dialect/anthropic_message.hpp"
#include "gateway/dialect/thinking_removal.hpp"
#include "gateway/upstream/passthrough_response.hpp"
#include "gateway/upstream/sign_check.hpp"
#include "gateway/upstream/upstream_request.hpp"

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

constexpr std::size_t kMaxAnswerBytes = 64 * 1024 * 1024;
constexpr std::size_t kMaxErrorBytes = 1024 * 1024;
// Where an error document shows that it is one.
constexpr std::size_t kErrorMarkWithin = 256;

bool is_json(std::string_view content_type) { return content_type.find("json") != std::string_view::npos; }

// The name to write in place of the client's; empty where it is the same.
std::string_view replacement_model(const ForwardedRequest& request, const AttemptTarget& target) {
  return target.upstream_model == request.message.model ? std::string_view() : std::string_view(target.upstream_model);
}

std::vector<BodyEdit> edits_of(const ForwardedRequest& request, const AttemptTarget& target) {
  std::vector<BodyEdit> thinking =
      target.remove_thinking ? find_all_thinking(request.body) : request.message.gateway_thinking_removals;
  return passthrough_edits(request.message, replacement_model(request, target), std::move(thinking));
}

// One attempt while it runs.
class PassthroughAttempt {
 public:
  PassthroughAttempt(const ForwardedRequest& request, const AttemptTarget& target, Dependencies& deps)
      : request_(request),
        target_(target),
        deps_(deps),
        edits_(edits_of(request, target)),
        pieces_(apply_edits(request.body, edits_)),
        call_(request, target, deps) {}

  asio::awaitable<AttemptEnd> send_and_deliver() {
    const UpstreamResult<void> sent = co_await send();
    if (!sent) co_return failed_attempt(classify_failure(sent.error()));
    const int status = call_.head().status;
    if (status < 200 || status >= 300) co_return co_await take_error_answer();
    if (is_listed(status, request_.snapshot.unhealthy_signs)) co_return failed_attempt(listed_answer(status));

    const std::string_view content_type = call_.head().header("content-type");
    if (is_html(content_type)) co_return failed_attempt(unusable_answer("HTML instead of an answer"));
    if (request_.message.stream && !is_json(content_type)) co_return co_await relay_stream();
    co_return co_await deliver_document();
  }

  [[nodiscard]] AttemptEnd measured(AttemptEnd end) const { return call_.measured(std::move(end)); }

 private:
  // Apart, so that a stream does not keep the head that was sent.
  asio::awaitable<UpstreamResult<void>> send() {
    const std::string traceparent = traceparent_for(request_, target_);
    const std::string head = passthrough_head({.client_fields = request_.exchange.request().fields,
                                               .path = request_.path,
                                               .query = request_.exchange.request().query,
                                               .body_size = total_size(pieces_),
                                               .traceparent = traceparent,
                                               .via = request_.snapshot.epoch,
                                               .withheld = withheld_field(request_, target_)},
                                              target_.provider);
    std::vector<asio::const_buffer> buffers{asio::buffer(head)};
    for (const std::string_view piece : pieces_) buffers.push_back(asio::buffer(piece));
    co_return co_await call_.send(buffers);
  }

  asio::awaitable<AttemptEnd> relay_stream() {
    const UpstreamResponseHead& upstream = call_.head();
    const std::string_view content_type = upstream.header("content-type");
    http::ResponseHead head = make_client_head(is_event_stream(content_type) ? content_type : kEventStreamType);
    if (upstream.header("cache-control").empty()) head.add("cache-control", "no-cache");
    if (upstream.header("x-accel-buffering").empty()) head.add("x-accel-buffering", "no");
    const auto on_commit = [this] {
      if (request_.release_body) request_.release_body();
      if (target_.on_answering) target_.on_answering();
    };
    StreamRelay relay(request_.exchange, call_.upstream(), head, deps_.wheel,
                      stream_settings(request_.snapshot, on_commit));
    StreamEnd stream = co_await relay.run();
    AttemptEnd end = failed_attempt(std::move(stream.outcome));
    end.delivered = stream.committed;
    end.usage = stream.usage;
    co_return end;
  }

  asio::awaitable<AttemptEnd> deliver_document() {
    UpstreamResult<std::string> body = co_await call_.read_document(kMaxAnswerBytes);
    if (!body) co_return failed_attempt(classify_failure(body.error()));
    const std::size_t first = body->find_first_not_of(" \t\r\n");
    const bool encoded = !call_.head().header("content-encoding").empty();
    if (first == std::string::npos) co_return failed_attempt(unusable_answer("an empty answer"));
    if (!encoded && (*body)[first] != '{') co_return failed_attempt(unusable_answer("not a JSON answer"));
    if (std::string_view(*body).substr(0, kErrorMarkWithin).find("\"error\"") != std::string::npos) {
      if (const auto error = read_error(*body)) {
        co_return failed_attempt(classify_error_event(error->type, error->message));
      }
    }
    AttemptEnd end;
    end.outcome = success(call_.head().status);
    if (!encoded) read_usage(*body, end.usage);
    const http::ResponseHead head = make_document_head();
    end.delivered = true;
    if (!co_await request_.exchange.respond(head, *body)) end.outcome.kind = AttemptOutcome::kClientGone;
    co_return end;
  }

  asio::awaitable<AttemptEnd> take_error_answer() {
    const int status = call_.head().status;
    UpstreamResult<std::string> body = co_await call_.read_document(kMaxErrorBytes);
    if (!body && body.error().kind == UpstreamFailureKind::kCancelled) {
      co_return failed_attempt(classify_failure(body.error()));
    }
    const std::string text = body ? std::move(*body) : std::string();
    const auto error = read_error(text);
    const ErrorAnswer answer{
        .status = status,
        .retry_after = call_.head().header("retry-after"),
        .error_type = error ? std::string_view(error->type) : std::string_view(),
        .error_message = error ? std::string_view(error->message) : std::string_view(),
        .detail_code = error ? std::string_view(error->detail_code) : std::string_view(),
    };
    AttemptEnd end = failed_attempt(heed_answer_signs(classify_error_answer(answer, deps_.clock.wall_now()), answer,
                                                      text, request_.snapshot.unhealthy_signs));
    if (error && status >= 400) end.answer = KeptAnswer{make_document_head(), text};
    co_return end;
  }

  [[nodiscard]] http::ResponseHead make_client_head(std::string_view content_type) const {
    const std::string_view upstream_id = call_.head().header("request-id");
    http::ResponseHead head =
        make_head(call_.head().status, upstream_id.empty() ? request_.exchange.request_id() : upstream_id);
    add_passthrough_headers(head, call_.head());
    head.add("content-type", content_type);
    call_.add_diagnostics(head);
    if (!upstream_id.empty() && request_.snapshot.diagnostic_headers) {
      head.add("x-balancer-request-id", request_.exchange.request_id());
    }
    return head;
  }

  [[nodiscard]] http::ResponseHead make_document_head() const {
    const std::string_view content_type = call_.head().header("content-type");
    return make_client_head(content_type.empty() ? kJsonType : content_type);
  }

  const ForwardedRequest& request_;
  const AttemptTarget& target_;
  Dependencies& deps_;
  const std::vector<BodyEdit> edits_;
  const std::vector<std::string_view> pieces_;
  AttemptCall call_;
};

}  // namespace

asio::awaitable<AttemptEnd> attempt_passthrough(const ForwardedRequest& request, const AttemptTarget& target,
                                                Dependencies& deps) {
  PassthroughAttempt attempt(request, target, deps);
  AttemptEnd end = co_await attempt.send_and_deliver();
  co_return attempt.measured(std::move(end));
}

}  // namespace balancer::gateway

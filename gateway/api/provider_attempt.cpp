#include "gateway/api/provider_attempt.hpp"

#include "common/text/ascii.hpp"
#include "gateway/api/reply.hpp"
#include "gateway/api/stream_relay.hpp"
#include "gateway/dialect/anthropic_message.hpp"
#include "gateway/upstream/passthrough_response.hpp"
#include "gateway/upstream/upstream_call.hpp"
#include "gateway/upstream/upstream_request.hpp"

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

constexpr std::size_t kMaxAnswerBytes = 64 * 1024 * 1024;
constexpr std::size_t kMaxErrorBytes = 1024 * 1024;
// Where an error document shows that it is one.
constexpr std::size_t kErrorMarkWithin = 256;
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kEventStream = "text/event-stream; charset=utf-8";

bool is_json(std::string_view content_type) { return content_type.find("json") != std::string_view::npos; }
bool is_event_stream(std::string_view content_type) { return ascii_istarts_with(content_type, "text/event-stream"); }
bool is_html(std::string_view content_type) { return ascii_istarts_with(content_type, "text/html"); }

http::ResponseHead client_head(const UpstreamResponseHead& upstream, const ForwardedRequest& request,
                               const Provider& provider, std::string_view upstream_model, unsigned attempt_number,
                               std::string_view content_type) {
  const std::string_view upstream_id = upstream.header("request-id");
  http::ResponseHead head = make_head(upstream.status, upstream_id.empty() ? request.exchange.request_id() : upstream_id);
  add_passthrough_headers(head, upstream);
  head.add("content-type", content_type);
  head.add("x-provider-used", provider.name);
  if (request.snapshot.diagnostic_headers) {
    head.add("x-balancer-provider", provider.name);
    head.add("x-balancer-upstream-model", upstream_model);
    head.add("x-balancer-attempts", std::to_string(attempt_number));
  }
  return head;
}

// One attempt while it runs.
class Attempt {
 public:
  Attempt(const ForwardedRequest& request, const Provider& provider, const std::string& upstream_model,
          unsigned attempt_number, Dependencies& deps)
      : request_(request),
        provider_(provider),
        upstream_model_(upstream_model.empty() ? request.message.model : upstream_model),
        attempt_number_(attempt_number),
        deps_(deps),
        edits_(passthrough_edits(request.message, upstream_model)),
        pieces_(apply_edits(request.body, edits_)),
        started_(deps.wheel.now()),
        call_(deps.upstreams.pool_for(provider), timeouts()) {}

  asio::awaitable<AttemptEnd> run() {
    request_.exchange.watch_client([this] { call_.cancel(); });
    AttemptEnd end = co_await send_and_deliver();
    request_.exchange.stop_watching();
    end.total_time = elapsed();
    end.response_byte_count = call_.bytes_received();
    end.time_to_first_byte = time_to_first_byte_;
    co_return end;
  }

 private:
  [[nodiscard]] AttemptTimeouts timeouts() const {
    const Timeouts& configured = request_.snapshot.timeouts;
    return {configured.connect, configured.tls_handshake, request_.first_byte_timeout, configured.idle,
            request_.deadline};
  }

  [[nodiscard]] std::chrono::microseconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(deps_.wheel.now() - started_);
  }

  asio::awaitable<AttemptEnd> send_and_deliver() {
    const std::string head = passthrough_head({.client_fields = request_.exchange.request().fields,
                                               .path = request_.path,
                                               .query = request_.exchange.request().query,
                                               .body_size = total_size(pieces_)},
                                              provider_);
    std::vector<asio::const_buffer> buffers{asio::buffer(head)};
    for (const std::string_view piece : pieces_) buffers.push_back(asio::buffer(piece));

    const UpstreamResult<void> sent = co_await call_.start(buffers);
    if (!sent) co_return failed(classify_failure(sent.error()));
    time_to_first_byte_ = elapsed();
    const int status = call_.head().status;
    if (status < 200 || status >= 300) co_return co_await take_error_answer();

    const std::string_view content_type = call_.head().header("content-type");
    if (is_html(content_type)) co_return failed(unusable_answer("HTML instead of an answer"));
    if (request_.message.stream && !is_json(content_type)) co_return co_await relay_stream();
    co_return co_await deliver_document();
  }

  asio::awaitable<AttemptEnd> relay_stream() {
    const UpstreamResponseHead& upstream = call_.head();
    const std::string_view content_type = upstream.header("content-type");
    http::ResponseHead head = make_client_head(is_event_stream(content_type) ? content_type : kEventStream);
    if (upstream.header("cache-control").empty()) head.add("cache-control", "no-cache");
    if (upstream.header("x-accel-buffering").empty()) head.add("x-accel-buffering", "no");
    StreamRelay relay(request_.exchange, call_, head, deps_.wheel,
                      {request_.snapshot.ping_interval, request_.snapshot.timeouts.stream_total});
    StreamEnd stream = co_await relay.run();
    AttemptEnd end = failed(std::move(stream.outcome));
    end.delivered = stream.committed;
    end.usage = stream.usage;
    co_return end;
  }

  asio::awaitable<AttemptEnd> deliver_document() {
    UpstreamResult<std::string> body = co_await read_document(kMaxAnswerBytes);
    if (!body) co_return failed(classify_failure(body.error()));
    const std::size_t first = body->find_first_not_of(" \t\r\n");
    const bool encoded = !call_.head().header("content-encoding").empty();
    if (first == std::string::npos) co_return failed(unusable_answer("an empty answer"));
    if (!encoded && (*body)[first] != '{') co_return failed(unusable_answer("not a JSON answer"));
    if (body->substr(0, kErrorMarkWithin).find("\"error\"") != std::string::npos) {
      if (const auto error = read_error(*body)) co_return failed(classify_error_event(error->type, error->message));
    }
    AttemptEnd end;
    end.outcome = {.kind = AttemptOutcome::kSuccess, .status = call_.head().status, .overloaded = false,
                   .retry_delay = std::nullopt, .detail = {}};
    if (!encoded) read_usage(*body, end.usage);
    const http::ResponseHead head = make_document_head();
    end.delivered = true;
    if (!co_await request_.exchange.respond(head, *body)) end.outcome.kind = AttemptOutcome::kClientGone;
    co_return end;
  }

  asio::awaitable<AttemptEnd> take_error_answer() {
    const int status = call_.head().status;
    UpstreamResult<std::string> body = co_await read_document(kMaxErrorBytes);
    if (!body && body.error().kind == UpstreamFailureKind::kCancelled) co_return failed(classify_failure(body.error()));
    const std::string text = body ? std::move(*body) : std::string();
    const auto error = read_error(text);
    AttemptEnd end = failed(classify_error_answer(
        {
            .status = status,
            .retry_after = call_.head().header("retry-after"),
            .error_type = error ? std::string_view(error->type) : std::string_view(),
            .error_message = error ? std::string_view(error->message) : std::string_view(),
            .detail_code = error ? std::string_view(error->detail_code) : std::string_view(),
        },
        deps_.clock.wall_now()));
    if (error && status >= 400) end.answer = KeptAnswer{make_document_head(), text};
    co_return end;
  }

  asio::awaitable<UpstreamResult<std::string>> read_document(std::size_t limit) {
    std::string document;
    if (const auto length = call_.head().content_length) document.reserve(std::min<std::uint64_t>(*length, limit));
    while (true) {
      const UpstreamResult<std::string_view> bytes = co_await call_.read_some();
      if (!bytes) co_return bytes.error();
      if (bytes->empty()) co_return document;
      if (document.size() + bytes->size() > limit) {
        co_return UpstreamFailure{UpstreamFailureKind::kTooLarge, "the answer is too large", false};
      }
      document += *bytes;
    }
  }

  [[nodiscard]] http::ResponseHead make_client_head(std::string_view content_type) const {
    return client_head(call_.head(), request_, provider_, upstream_model_, attempt_number_, content_type);
  }

  [[nodiscard]] http::ResponseHead make_document_head() const {
    const std::string_view content_type = call_.head().header("content-type");
    return make_client_head(content_type.empty() ? kJson : content_type);
  }

  static AttemptEnd failed(UpstreamOutcome outcome) {
    AttemptEnd end;
    end.outcome = std::move(outcome);
    return end;
  }

  const ForwardedRequest& request_;
  const Provider& provider_;
  const std::string upstream_model_;
  const unsigned attempt_number_;
  Dependencies& deps_;
  const std::vector<BodyEdit> edits_;
  const std::vector<std::string_view> pieces_;
  const TimerWheel::TimePoint started_;
  std::optional<std::chrono::microseconds> time_to_first_byte_;
  UpstreamCall call_;
};

}  // namespace

asio::awaitable<AttemptEnd> attempt_provider(const ForwardedRequest& request, const Provider& provider,
                                             const std::string& upstream_model, unsigned attempt_number,
                                             Dependencies& deps) {
  Attempt attempt(request, provider, upstream_model, attempt_number, deps);
  co_return co_await attempt.run();
}

}  // namespace balancer::gateway

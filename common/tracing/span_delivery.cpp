#include "common/tracing/span_delivery.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "common/log/log.hpp"
#include "common/log/log_exception.hpp"
#include "common/snapshot/provider_url.hpp"
#include "common/text/ascii.hpp"
#include "common/tracing/otlp_json.hpp"
#include "common/upstream/provider_request.hpp"

namespace balancer::tracing {
namespace {

// What is read of an answer.
constexpr std::size_t kAnswerLimit = 64 * 1024;
// Between two looks at a queue that nobody fills.
constexpr std::chrono::milliseconds kShortestDelay{10};

bool has_header(const std::vector<ExportHeader>& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const ExportHeader& header) { return ascii_iequal(header.name, name); });
}

std::string request_head(const ExporterSettings& settings) {
  std::string head = "POST " + settings.url.path + settings.url.query.reveal() + " HTTP/1.1\r\n";
  append_field(head, "host", authority(settings.url.origin));
  append_field(head, "content-type", "application/json");
  if (!has_header(settings.headers, "user-agent")) {
    append_field(head, "user-agent", "provider-balancer/" BALANCER_VERSION);
  }
  if (!settings.url.authorization.empty() && !has_header(settings.headers, "authorization")) {
    append_field(head, "authorization", settings.url.authorization.reveal());
  }
  for (const ExportHeader& header : settings.headers) append_field(head, header.name, header.value.reveal());
  return head;
}

// Of a success, what cannot be read is missed by nobody.
asio::awaitable<std::string> read_body(UpstreamCall& call) {
  std::string body;
  while (body.size() < kAnswerLimit) {
    const UpstreamResult<std::string_view> part = co_await call.read_some();
    if (!part || part->empty()) break;
    body += *part;
  }
  co_return body;
}

}  // namespace

SpanDelivery::SpanDelivery(const ExporterSettings& settings, SpanQueue& queue)
    : settings_(settings),
      queue_(queue),
      head_(request_head(settings)),
      // Collectors on link-local addresses are usual, and no client has a say in where this one is.
      pool_(wheel_, resolver_, tls_,
            {.url = settings.url.origin, .proxy = {}, .ca_file = settings.ca_file, .allow_link_local = true}),
      health_(settings.retry),
      chance_(std::random_device{}()) {}

void SpanDelivery::run() {
  asio::co_spawn(context_, deliver_all(), [this](const std::exception_ptr& thrown) {
    if (thrown) log::error_thrown("the delivery of traces ended by a bug", thrown);
    queue_.close();
    queue_.drop_waiting();
    end_.cancel();
    wheel_.stop();
  });
  context_.run();
}

void SpanDelivery::wake() {
  asio::post(context_, [this] { due_.cancel(); });
}

void SpanDelivery::close() {
  asio::post(context_, [this] {
    closing_ = true;
    end_.expires_after(settings_.close_limit);
    end_.async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled) give_up();
    });
    due_.cancel();
    pause_.cancel();
  });
}

void SpanDelivery::give_up() {
  gave_up_ = true;
  pause_.cancel();
  if (call_ != nullptr) call_->stop(UpstreamFailureKind::kTotalTimeout, "the program ends");
}

asio::awaitable<void> SpanDelivery::deliver_all() {
  while (!closing_) {
    co_await wait_for_work();
    do {
      co_await deliver(queue_.take_batch());
    } while (!closing_ && queue_.holds_batch());
  }
  while (!gave_up_ && !queue_.empty()) co_await deliver(queue_.take_batch());
}

asio::awaitable<void> SpanDelivery::wait_for_work() {
  due_.expires_after(std::max(settings_.delay, kShortestDelay));
  if (closing_ || queue_.holds_batch()) co_return;
  co_await due_.async_wait(kAwaitTuple);
}

asio::awaitable<void> SpanDelivery::deliver(std::vector<Span> batch) {
  if (batch.empty()) co_return;
  const std::string body = encode_otlp(batch, settings_.resource);
  std::string reason;
  for (unsigned attempt = 1; co_await wait_until_ready(); ++attempt) {
    ExportVerdict verdict = co_await send(body);
    if (verdict.kind == ExportVerdict::Kind::kDelivered) {
      const std::uint64_t rejected = std::min<std::uint64_t>(verdict.rejected, batch.size());
      queue_.count_exported(batch.size() - rejected);
      queue_.count_dropped(rejected);
      co_return tell(health_.delivered(), "");
    }
    reason = std::move(verdict.reason);
    if (verdict.kind == ExportVerdict::Kind::kLost) break;
    const double chance = std::uniform_real_distribution<>(0, 1)(chance_);
    tell(health_.failed(wheel_.now(), verdict.retry_after, chance), reason);
    if (attempt >= settings_.retry.attempts) break;
  }
  queue_.count_dropped(batch.size());
  tell(health_.lost(), reason);
}

asio::awaitable<bool> SpanDelivery::wait_until_ready() {
  while (!gave_up_ && wheel_.now() < health_.ready_at()) {
    if (closing_ && health_.ready_at() >= end_.expiry()) gave_up_ = true;
    if (gave_up_) break;
    pause_.expires_at(health_.ready_at());
    co_await pause_.async_wait(kAwaitTuple);
  }
  co_return !gave_up_;
}

asio::awaitable<ExportVerdict> SpanDelivery::send(const std::string& body) {
  std::string head = head_;
  append_field(head, "content-length", std::to_string(body.size()));
  head += "\r\n";
  const std::array<asio::const_buffer, 2> request{asio::buffer(head), asio::buffer(body)};

  const std::chrono::milliseconds limit = settings_.timeout;
  UpstreamCall call(pool_, {.connect = limit,
                            .tls_handshake = limit,
                            .first_byte = limit,
                            .idle = limit,
                            .deadline = wheel_.now() + limit});
  call_ = &call;
  const UpstreamResult<void> started = co_await call.start(request);
  std::string answer;
  if (started) answer = co_await read_body(call);
  call_ = nullptr;
  if (!started) co_return judge_failure(started.error());
  co_return judge_answer(
      {.status = call.head().status, .retry_after = call.head().header("retry-after"), .body = answer},
      std::chrono::system_clock::now());
}

void SpanDelivery::tell(CollectorHealth::News news, std::string_view reason) {
  const std::string collector = to_string(settings_.url);
  switch (news) {
    case CollectorHealth::News::kNone:
      return;
    case CollectorHealth::News::kFailing:
      return log::warn("traces do not reach the collector", {{"collector", collector}, {"reason", reason}});
    case CollectorHealth::News::kRecovered:
      return log::info("traces reach the collector again",
                       {{"collector", collector}, {"dropped_spans", queue_.counts().dropped}});
  }
}

}  // namespace balancer::tracing

#include "controlplane/probing/provider_prober.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <random>
#include <utility>

#include "common/log/log.hpp"
#include "common/upstream/connection_pool.hpp"
#include "controlplane/probing/check_request.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;

// The first check is not later than that, however long the interval.
constexpr std::chrono::milliseconds kLongestPhase = 1s;
// Between the beginnings of two checks of a provider whose cooldowns are shorter than its interval.
constexpr std::chrono::milliseconds kShortestGap = 1s;
// What is read of an answer.
constexpr std::uint64_t kAnswerLimit = 1024 * 1024;

AttemptTimeouts timeouts_of(const HealthCheck& check, TimerWheel::TimePoint now) {
  return {.connect = check.timeout,
          .tls_handshake = check.timeout,
          .first_byte = check.timeout,
          .idle = check.timeout,
          .deadline = now + check.timeout};
}

// Sends the request and reads the answer to its end, or to the limit.
asio::awaitable<UpstreamResult<void>> converse(UpstreamCall& call, const CheckRequest& request) {
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(request.head), asio::buffer(request.body)};
  const UpstreamResult<void> started = co_await call.start(buffers);
  if (!started) co_return started.error();
  while (call.bytes_received() < kAnswerLimit) {
    const UpstreamResult<std::string_view> part = co_await call.read_some();
    if (!part) co_return part.error();
    if (part->empty()) break;
  }
  co_return UpstreamResult<void>{};
}

double random_phase() {
  std::random_device device;
  return std::uniform_real_distribution<>(0, 1)(device);
}

}  // namespace

struct ProviderProber::Subject {
  // Owns what the others refer to.
  std::shared_ptr<const Config> config;
  const Provider& provider;
  const HealthCheck& check;

  [[nodiscard]] bool says_the_same_as(const Subject& other) const {
    return provider == other.provider && check == other.check;
  }
};

ProviderProber::ProviderProber(const CheckNetwork& network, ControlPlane& control_plane, const Clock& clock,
                               std::string provider)
    : network_(network),
      control_plane_(control_plane),
      clock_(clock),
      provider_(std::move(provider)),
      alarm_(network.wheel.context()),
      phase_(random_phase()),
      started_(network.wheel.now()) {}

ProviderProber::~ProviderProber() { control_plane_.abandon(ledger_); }

asio::awaitable<void> ProviderProber::run() {
  for (;;) {
    const std::optional<Subject> subject = this->subject();
    if (!subject) co_return;
    const TimePoint now = network_.wheel.now();
    const TimePoint probe_at = next_probe(*subject);
    if (now < probe_at) {
      co_await sleep_until(probe_at);
      continue;
    }
    const CheckTurn turn = control_plane_.take_check_turn(provider_, subject->check.model, ledger_);
    if (turn.kind == CheckTurn::Kind::kNotNow) {
      const std::chrono::nanoseconds wait = turn.wait > 0ns ? turn.wait : subject->check.interval;
      co_await sleep_until(now + wait);
      continue;
    }
    const TimePoint regular_at = next_regular(*subject);
    if (turn.kind == CheckTurn::Kind::kCheck && now < regular_at) {
      co_await sleep_until(regular_at);
      continue;
    }
    last_begin_ = now;
    co_await check(*subject, turn.kind == CheckTurn::Kind::kProbe);
  }
}

void ProviderProber::reconsider() {
  alarm_.cancel();
  if (call_ == nullptr) return;
  const std::optional<Subject> wanted = subject();
  if (!wanted || !wanted->says_the_same_as(*checked_)) call_->cancel();
}

void ProviderProber::stop() {
  stopped_ = true;
  reconsider();
}

std::optional<ProviderProber::Subject> ProviderProber::subject() const {
  if (stopped_) return std::nullopt;
  std::shared_ptr<const Config> config = control_plane_.config();
  const std::vector<Provider>& providers = config->snapshot.providers;
  const auto provider = std::find_if(providers.begin(), providers.end(),
                                     [this](const Provider& p) { return p.enabled && p.name == provider_; });
  const auto check = std::find_if(config->health_checks.begin(), config->health_checks.end(),
                                  [this](const HealthCheck& c) { return c.provider == provider_; });
  if (provider == providers.end() || check == config->health_checks.end()) return std::nullopt;
  return Subject{std::move(config), *provider, *check};
}

ProviderProber::TimePoint ProviderProber::next_regular(const Subject& subject) const {
  if (last_begin_) return *last_begin_ + subject.check.interval;
  const std::chrono::duration<double> phase = phase_ * std::min(subject.check.interval, kLongestPhase);
  return started_ + std::chrono::duration_cast<TimePoint::duration>(phase);
}

ProviderProber::TimePoint ProviderProber::next_probe(const Subject& subject) const {
  return last_begin_ ? *last_begin_ + std::min(subject.check.interval, kShortestGap) : started_;
}

asio::awaitable<void> ProviderProber::sleep_until(TimePoint time) {
  alarm_.expires_at(time);
  co_await alarm_.async_wait(kAwaitTuple);
}

asio::awaitable<void> ProviderProber::check(const Subject& subject, bool probe) {
  const CheckRequest request = make_check_request(subject.check, subject.provider, subject.config->snapshot.epoch);
  ConnectionPool pool(network_.wheel, network_.resolver, network_.tls,
                      {subject.provider.url, subject.provider.proxy, subject.provider.ca_file});
  UpstreamCall call(pool, timeouts_of(subject.check, network_.wheel.now()));
  const Clock::TimePoint begin = clock_.now();

  checked_ = &subject;
  call_ = &call;
  const UpstreamResult<void> answered = co_await converse(call, request);
  call_ = nullptr;
  checked_ = nullptr;

  if (!answered && answered.error().kind == UpstreamFailureKind::kCancelled) {
    // Nothing was learned; a probe is there for the next one.
    if (probe) control_plane_.abandon(ledger_);
    co_return;
  }
  if (!answered) {
    record(subject, probe, judge_failure(answered.error()), begin);
    co_return;
  }
  const CheckAnswer answer{.status = call.head().status,
                           .retry_after = call.head().header("retry-after"),
                           .content_type = call.head().header("content-type")};
  record(subject, probe, judge_answer(subject.check, subject.provider, answer, clock_.wall_now()), begin);
}

void ProviderProber::record(const Subject& subject, bool probe, const CheckVerdict& verdict, Clock::TimePoint begin) {
  routing::AttemptReport report;
  report.provider = provider_;
  report.upstream_model = subject.check.model;
  report.outcome = verdict.outcome;
  report.status = verdict.status;
  report.retry_delay = verdict.retry_delay;
  report.total_time = std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - begin);
  report.probe = probe;
  report.detail = verdict.detail;
  control_plane_.record(report, ledger_);
  log_refusal(verdict);
}

void ProviderProber::log_refusal(const CheckVerdict& verdict) {
  const bool refused = verdict.outcome == AttemptOutcome::kRequestFault;
  if (std::exchange(refused_, refused) || !refused) return;
  log::warn("the provider refuses the health check's request, which so says nothing of the provider",
            {{"provider", provider_}, {"status", verdict.status}});
}

}  // namespace balancer::controlplane

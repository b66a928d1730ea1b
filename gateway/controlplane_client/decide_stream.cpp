#include "gateway/controlplane_client/decide_stream.hpp"

#include <algorithm>
#include <utility>

#include "common/log/log.hpp"
#include "gateway/controlplane_client/proto_time.hpp"
#include "gateway/controlplane_client/routing_messages.hpp"
#include "gateway/controlplane_client/signature_bytes.hpp"

namespace balancer::gateway {
namespace {

void no_more_leads(std::optional<routing::RoutingDecision>& decision) {
  if (auto* plan = decision ? std::get_if<routing::AttemptPlan>(&*decision) : nullptr) plan->leads = false;
}

// False when the snapshot lacks the provider that the control plane has put first.
bool begins_with_first(const std::optional<routing::RoutingDecision>& decoded, const Snapshot& snapshot,
                       const v1::RouteDecision& message) {
  if (message.plan().candidates().empty()) return !message.has_plan();
  const auto* plan = decoded ? std::get_if<routing::AttemptPlan>(&*decoded) : nullptr;
  return plan != nullptr && snapshot.providers[plan->candidates.front().provider].name == message.plan().candidates(0).provider();
}

}  // namespace

DecideStream::Waiter::Waiter(DecideStream& stream, const Snapshot& snapshot)
    : snapshot_(snapshot), timer_(stream.wheel_, [this, &stream] { stream.expire(*this); }) {}

DecideStream::DecideStream(DecideCallStarter start_call, TimerWheel& wheel, Settings settings, Events events)
    : wheel_(wheel),
      settings_(std::move(settings)),
      events_(std::move(events)),
      start_call_(std::move(start_call)),
      backoff_(settings_.seed),
      reopen_timer_(wheel, [this] { open(); }),
      tally_timer_(wheel, [this] { flush_soon(); }) {}

void DecideStream::open() {
  if (call_ || closed_) return;
  reopen_timer_.disarm();
  call_ = start_call_(wheel_, [weak = weak_from_this()] {
    if (const auto stream = weak.lock()) stream->receive();
  });
  open_ = true;
  pending_.set_gateway_id(settings_.gateway_id);
  if (pending_.reports_size() > 0) flush_soon();
}

void DecideStream::close() {
  closed_ = true;
  open_ = false;
  reopen_timer_.disarm();
  tally_timer_.disarm();
  if (call_) call_->cancel_and_wait();
  call_.reset();
  for (auto& [id, waiter] : std::exchange(waiters_, {})) {
    waiter->timer_.disarm();
    waiter->resumption_.reset();
  }
}

asio::awaitable<void> DecideStream::ask(const DecisionRequest& request, Waiter& waiter) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [this, &request, &waiter](Waiter::Resumption resumption) {
        put_question(request, waiter, std::move(resumption));
      },
      asio::use_awaitable);
}

void DecideStream::put_question(const DecisionRequest& request, Waiter& waiter, Waiter::Resumption resumption) {
  if (!open_ || pending_.queries_size() >= kQueryLimit) {
    asio::post(wheel_.context(), std::move(resumption));
    return;
  }
  waiter.id_ = ++last_id_;
  waiter.signature_ = request.signature;
  waiter.resumption_.emplace(std::move(resumption));
  waiter.timer_.arm_after(settings_.deadline);
  waiters_.emplace(waiter.id_, &waiter);
  encode_query(request, waiter.id_, *pending_.add_queries());
  flush_soon();
}

void DecideStream::expire(Waiter& waiter) {
  waiters_.erase(waiter.id_);
  auto& queries = *pending_.mutable_queries();
  const auto unsent = std::find_if(queries.begin(), queries.end(),
                                   [&](const v1::RouteQuery& query) { return query.id() == waiter.id_; });
  if (unsent != queries.end()) {
    queries.erase(unsent);
  } else if (waiter.signature_) {
    given_up_.emplace(waiter.id_, *waiter.signature_);
    if (given_up_.size() > kUnansweredLimit) call_->cancel();
  }
  waiter.outcome_ = Outcome::kTimedOut;
  // Not resumed from here: the coroutine would destroy the timer that is calling.
  asio::post(wheel_.context(), *std::exchange(waiter.resumption_, std::nullopt));
}

// Resumes the coroutine before it returns; `waiter` is gone then.
void DecideStream::settle(Waiter& waiter, Outcome outcome) {
  waiter.timer_.disarm();
  waiter.outcome_ = outcome;
  Waiter::Resumption resumption = std::move(*waiter.resumption_);
  waiter.resumption_.reset();
  std::move(resumption)();
}

void DecideStream::report(routing::AttemptReport&& report) {
  if (closed_) return;
  if (pending_.reports_size() >= kReportLimit) drop_reports(kReportLimit / 64);
  encode_report(std::move(report), *pending_.add_reports());
  report_times_.push_back(wheel_.now());
  if (open_) flush_soon();
}

void DecideStream::report_request(routing::RequestSummary&& summary) {
  if (!open_) return;
  if (summary.request_id.empty() || pending_.requests_size() >= kSummaryLimit) {
    tally_summary(summary, pending_);
    if (!tally_timer_.armed()) tally_timer_.arm_after(kTallyInterval);
    return;
  }
  encode_summary(std::move(summary), *pending_.add_requests());
  flush_soon();
}

void DecideStream::end_lead(const LeadEnd& end) {
  if (leads_.end(end.signature)) send(end);
}

void DecideStream::send(const LeadEnd& end) {
  if (!open_) return;
  if (pending_.lead_ends_size() >= kLeadEndLimit) {
    call_->cancel();
    return;
  }
  encode_lead_end(end, *pending_.add_lead_ends());
  flush_soon();
}

void DecideStream::drop_reports(std::size_t count) {
  pending_.mutable_reports()->DeleteSubrange(0, static_cast<int>(count));
  report_times_.erase(report_times_.begin(), report_times_.begin() + static_cast<std::ptrdiff_t>(count));
  dropped_reports_ += count;
}

void DecideStream::drop_stale_reports() {
  const auto oldest = wheel_.now() - kReportLifetime;
  const auto fresh = std::find_if(report_times_.begin(), report_times_.end(),
                                  [&](TimerWheel::TimePoint time) { return time >= oldest; });
  if (fresh != report_times_.begin()) drop_reports(static_cast<std::size_t>(fresh - report_times_.begin()));
}

void DecideStream::flush_soon() {
  if (std::exchange(flush_posted_, true)) return;
  asio::post(wheel_.context(), [stream = shared_from_this()] { stream->flush(); });
}

void DecideStream::flush() {
  flush_posted_ = false;
  if (!open_) return;
  drop_stale_reports();
  if (pending_.queries_size() == 0 && pending_.reports_size() == 0 && pending_.lead_ends_size() == 0 &&
      pending_.requests_size() == 0 && pending_.request_tallies_size() == 0) {
    return;
  }
  const TimerWheel::TimePoint now = wheel_.now();
  for (int i = 0; i < pending_.reports_size(); ++i) {
    set_duration(*pending_.mutable_reports(i)->mutable_age(), now - report_times_[static_cast<std::size_t>(i)]);
  }
  if (call_->try_write(pending_)) report_times_.clear();
}

void DecideStream::receive() {
  if (closed_ || !call_) return;
  call_->take(news_);
  if (!news_.replies.empty()) {
    backoff_.reset();
    events_.on_heard();
  }
  for (const auto& reply : news_.replies) {
    for (v1::RouteDecision& decision : *reply->message().mutable_decisions()) accept(decision);
    for (const v1::WantedLead& lead : reply->message().wanted_leads()) hear_wanted(lead);
  }
  if (news_.ended) on_ended();
  if (news_.status) on_finished(*news_.status);
  // The mailbox also wakes when a written batch has made room for the next.
  if (open_) flush();
}

void DecideStream::accept(v1::RouteDecision& decision) {
  const auto entry = waiters_.find(decision.id());
  if (entry == waiters_.end()) {
    accept_late(decision);
    return;
  }
  Waiter& waiter = *entry->second;
  waiters_.erase(entry);
  waiter.decision_ = decode_decision(decision, waiter.snapshot_, waiter.signature_);
  if (!begins_with_first(waiter.decision_, waiter.snapshot_, decision)) {
    hand_back(decision, waiter.signature_);
    no_more_leads(waiter.decision_);
  } else if (begins_lead(decision, waiter.signature_)) {
    leads_.begin(*waiter.signature_);
  }
  settle(waiter, Outcome::kAnswered);
}

void DecideStream::accept_late(const v1::RouteDecision& decision) {
  const auto entry = given_up_.find(decision.id());
  if (entry == given_up_.end()) {
    hand_back(decision, std::nullopt);
    return;
  }
  const RequestSignature signature = entry->second;
  given_up_.erase(entry);
  hand_back(decision, signature);
}

void DecideStream::hear_wanted(const v1::WantedLead& lead) {
  const auto signature = to_signature(lead.signature());
  if (signature && leads_.contains(*signature)) events_.on_wanted(*signature);
}

// The answer cannot be used, or not as it is: what it began would never end otherwise.
void DecideStream::hand_back(const v1::RouteDecision& decision, const std::optional<RequestSignature>& signature) {
  if (begins_lead(decision, signature)) {
    LeadEnd unused;
    unused.signature = *signature;
    send(unused);
  }
  if (decision.plan().candidates().empty()) return;
  const v1::Candidate& first = decision.plan().candidates(0);
  routing::AttemptReport unused;
  unused.provider = first.provider();
  unused.upstream_model = first.upstream_model();
  unused.outcome = routing::AttemptOutcome::kNotSent;
  unused.probe = first.probe();
  unused.detail = "decision came too late";
  report(std::move(unused));
}

void DecideStream::on_ended() {
  call_->release();
  if (!std::exchange(open_, false)) return;
  pending_.clear_queries();
  pending_.clear_lead_ends();
  pending_.clear_requests();
  pending_.clear_request_tallies();
  leads_.end_stream();
  given_up_.clear();
  events_.on_broken();
  for (auto& [id, waiter] : std::exchange(waiters_, {})) settle(*waiter, Outcome::kUnavailable);
}

void DecideStream::on_finished(const grpc::Status& status) {
  if (v1::DecideRequest* unsent = call_->unsent_batch()) {
    report_times_.insert(report_times_.begin(), static_cast<std::size_t>(unsent->reports_size()), wheel_.now());
    unsent->mutable_reports()->MergeFrom(pending_.reports());
    pending_.mutable_reports()->Swap(unsent->mutable_reports());
  }
  log::debug("decide stream ended", {{"code", static_cast<int>(status.error_code())}, {"reason", status.error_message()}});
  news_.replies.clear();
  call_.reset();
  reopen_timer_.arm_after(backoff_.next());
}

}  // namespace balancer::gateway

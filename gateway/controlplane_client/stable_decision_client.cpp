#include "gateway/controlplane_client/stable_decision_client.hpp"

#include <utility>

#include "common/log/log.hpp"
#include "gateway/controlplane_client/routing_messages.hpp"

namespace balancer::gateway {

StableDecisionClient::StableDecisionClient(DecideCallStarter start_call, TimerWheel& wheel,
                                           std::chrono::milliseconds deadline, std::shared_ptr<ControlPlaneNews> news,
                                           std::string gateway_id, std::uint64_t seed)
    : wheel_(wheel), news_(std::move(news)), planner_(seed) {
  stream_ = std::make_shared<DecideStream>(
      std::move(start_call), wheel,
      DecideStream::Settings{.gateway_id = std::move(gateway_id), .deadline = deadline, .seed = seed},
      DecideStream::Events{.on_heard = [this] { on_heard(); },
                           .on_broken = [this] { on_broken(); },
                           .on_wanted = [this](const RequestSignature& signature) {
                             if (on_wanted_) on_wanted_(signature);
                           }});
  listener_ = std::make_shared<const ControlPlaneNews::Listener>(ControlPlaneNews::Listener{
      .on_statuses = [this](const ProviderStatuses& statuses) { planner_.hear(statuses, wheel_.now()); },
      .on_alive = [this] { on_alive(); }});
  news_->subscribe(wheel.context(), listener_);
  stream_->open();
}

StableDecisionClient::~StableDecisionClient() {
  news_->unsubscribe(*listener_);
  set_heard();
  stream_->close();
}

asio::awaitable<routing::RoutingDecision> StableDecisionClient::decide(const DecisionRequest& request,
                                                                       const Snapshot& snapshot) {
  planner_.set_cooldown(snapshot.cooldown);
  const bool forgetful = !breaker_.closed() && news_->lost();
  if (stream_->is_open() && can_carry(request) && !forgetful && breaker_.admit(wheel_.now())) {
    DecideStream::Waiter waiter(*stream_, snapshot);
    co_await stream_->ask(request, waiter);
    switch (waiter.outcome()) {
      case DecideStream::Outcome::kAnswered:
        breaker_.close();
        if (waiter.decision()) co_return std::move(*waiter.decision());
        break;
      case DecideStream::Outcome::kTimedOut:
        if (breaker_.record_timeout(wheel_.now())) log::warn("control plane does not answer; planning without it");
        if (!breaker_.closed()) set_silent();
        break;
      case DecideStream::Outcome::kUnavailable:
        break;
    }
  }
  routing::RoutingDecision decision = planner_.plan(request, snapshot, wheel_.now());
  if (auto* plan = std::get_if<routing::AttemptPlan>(&decision)) plan->planned_by_gateway = true;
  co_return decision;
}

bool StableDecisionClient::is_cooling(std::string_view provider, std::string_view upstream_model) const {
  return planner_.is_cooling(provider, upstream_model, wheel_.now());
}

void StableDecisionClient::report(routing::AttemptReport report) {
  planner_.record(report, wheel_.now());
  stream_->report(std::move(report));
}

void StableDecisionClient::report_request(routing::RequestSummary summary) {
  stream_->report_request(std::move(summary));
}

void StableDecisionClient::end_lead(const LeadEnd& end) { stream_->end_lead(end); }

void StableDecisionClient::on_wanted(std::function<void(const RequestSignature&)> listener) {
  on_wanted_ = std::move(listener);
}

void StableDecisionClient::on_alive() {
  // The news may be older than the loss.
  if (!news_->lost()) breaker_.close();
  stream_->open();
}

void StableDecisionClient::on_heard() {
  breaker_.hurry_trial();
  set_heard();
}

void StableDecisionClient::on_broken() {
  breaker_.record_break();
  set_heard();
}

void StableDecisionClient::set_silent() {
  if (!std::exchange(silent_, true)) news_->count_silence();
}

void StableDecisionClient::set_heard() {
  if (std::exchange(silent_, false)) news_->uncount_silence();
}

}  // namespace balancer::gateway

#include "deploy/standalone/in_process_decision_client.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

#include "gateway/controlplane_client/presentable_text.hpp"

namespace balancer::standalone {
namespace {

controlplane::DecisionQuery query_of(const gateway::DecisionRequest& request, std::string_view gateway_id) {
  const bool presentable = gateway::is_presentable(request.model) && gateway::is_presentable(request.pinned_provider);
  controlplane::DecisionQuery query{
      .route = {.model = request.model, .pinned_provider = request.pinned_provider},
      .session_key = request.session_key,
      .session_start = request.session_start,
      .dry_run = request.dry_run,
      // Those who watch see the requests that have an id.
      .request_id = presentable ? request.request_id : std::string_view(),
      .caller = request.caller,
      .gateway_id = gateway_id,
      .stream = request.stream};
  if (request.signature) {
    query.sharing = {.signature = *request.signature,
                     .max_output_token_count = request.max_output_token_count,
                     .wants_fresh_answer = request.wants_fresh_answer};
  }
  return query;
}

controlplane::LeadEnd lead_end_of(const gateway::LeadEnd& end) {
  return {.signature = end.signature,
          .local_join_count = end.local_join_count,
          .input_token_count = std::clamp<std::int64_t>(end.input_token_count, 0, kMaxTokenCount),
          .output_token_count = std::clamp<std::int64_t>(end.output_token_count, 0, kMaxTokenCount)};
}

// Where the gateway's snapshot has the provider. It is mostly the same snapshot: there, where the control plane has it.
std::optional<std::size_t> index_of(const std::string& provider, std::size_t expected, const Snapshot& snapshot) {
  const std::vector<Provider>& known = snapshot.providers;
  if (expected < known.size() && known[expected].name == provider) return expected;
  const auto found = std::find_if(known.begin(), known.end(), [&](const Provider& p) { return p.name == provider; });
  if (found == known.end()) return std::nullopt;
  return static_cast<std::size_t>(found - known.begin());
}

gateway::HeardStatus heard(const controlplane::ProviderStatus& status, std::chrono::steady_clock::time_point now) {
  gateway::HeardStatus heard{.provider = status.provider, .cooling_until = std::nullopt, .last_error = status.last_error};
  if (status.state == controlplane::ProviderStatus::State::kCooling) heard.cooling_until = now + status.remaining_cooldown;
  for (const controlplane::ModelCooldown& model : status.cooling_models) {
    heard.cooling_models.push_back({model.upstream_model, now + model.remaining});
  }
  return heard;
}

}  // namespace

// The client as the owner of its leads: may be called when the client is gone.
class InProcessDecisionClient::Leads final : public controlplane::LeadOwner,
                                             public std::enable_shared_from_this<Leads> {
 public:
  explicit Leads(asio::io_context& context) : context_(&context) {}

  void on_wanted(const RequestSignature& signature) override {
    const std::lock_guard lock(mutex_);
    if (context_ == nullptr) return;
    asio::post(*context_, [weak = weak_from_this(), signature] {
      if (const auto leads = weak.lock()) leads->tell_wanted(signature);
    });
  }

  // What follows is for the client's own thread.
  void begin(const RequestSignature& signature) { under_way_.insert(signature); }
  void end(const RequestSignature& signature) { under_way_.erase(signature); }
  void listen(std::function<void(const RequestSignature&)> listener) { listener_ = std::move(listener); }
  // Neither the thread nor the listener is called after this.
  void detach() {
    const std::lock_guard lock(mutex_);
    context_ = nullptr;
    listener_ = nullptr;
  }

 private:
  void tell_wanted(const RequestSignature& signature) {
    if (listener_ && under_way_.contains(signature)) listener_(signature);
  }

  std::mutex mutex_;
  asio::io_context* context_;
  boost::unordered_flat_set<RequestSignature, RequestSignatureHash> under_way_;
  std::function<void(const RequestSignature&)> listener_;
};

InProcessDecisionClient::InProcessDecisionClient(controlplane::ControlPlane& control_plane, TimerWheel& wheel,
                                                 std::string gateway_id)
    : control_plane_(control_plane),
      wheel_(wheel),
      gateway_id_(std::move(gateway_id)),
      leads_(std::make_shared<Leads>(wheel.context())),
      ledger_(leads_),
      planner_(std::random_device{}()) {}

InProcessDecisionClient::~InProcessDecisionClient() {
  control_plane_.abandon(ledger_);
  leads_->detach();
}

asio::awaitable<routing::RoutingDecision> InProcessDecisionClient::decide(const gateway::DecisionRequest& request,
                                                                          const Snapshot& snapshot) {
  co_return decide_now(request, snapshot);
}

routing::RoutingDecision InProcessDecisionClient::decide_now(const gateway::DecisionRequest& request,
                                                             const Snapshot& snapshot) {
  controlplane::Decision made = control_plane_.decide(query_of(request, gateway_id_), ledger_);
  auto* const plan = std::get_if<routing::AttemptPlan>(&made.outcome);
  if (plan == nullptr) return std::move(made.outcome);
  if (auto accepted = accept(std::move(*plan), made.config->snapshot, request, snapshot)) return std::move(*accepted);

  return plan_alone(request, snapshot);
}

routing::RoutingDecision InProcessDecisionClient::plan_alone(const gateway::DecisionRequest& request,
                                                             const Snapshot& snapshot) {
  const auto now = wheel_.now();
  gateway::ProviderStatuses known;
  for (const auto& status : control_plane_.provider_statuses()) known.statuses.push_back(heard(status, now));
  planner_.hear(known, now);
  routing::RoutingDecision planned = planner_.plan(request, snapshot, now);
  if (auto* own = std::get_if<routing::AttemptPlan>(&planned)) own->planned_by_gateway = true;
  return planned;
}

std::optional<routing::AttemptPlan> InProcessDecisionClient::accept(routing::AttemptPlan plan,
                                                                    const Snapshot& made_with,
                                                                    const gateway::DecisionRequest& request,
                                                                    const Snapshot& snapshot) {
  const auto index_here = [&](const routing::Candidate& candidate) {
    return index_of(made_with.providers[candidate.provider].name, candidate.provider, snapshot);
  };
  if (!index_here(plan.candidates.front())) {
    if (!request.dry_run) hand_back(plan, made_with, request);
    plan.leads = false;
  } else if (plan.leads) {
    leads_->begin(*request.signature);
  }
  std::erase_if(plan.candidates, [&](const routing::Candidate& candidate) { return !index_here(candidate); });
  for (routing::Candidate& candidate : plan.candidates) candidate.provider = *index_here(candidate);
  if (plan.candidates.empty()) return std::nullopt;
  return plan;
}

void InProcessDecisionClient::hand_back(const routing::AttemptPlan& plan, const Snapshot& made_with,
                                        const gateway::DecisionRequest& request) {
  if (plan.leads) {
    gateway::LeadEnd unused;
    unused.signature = *request.signature;
    end_lead(unused);
  }
  const routing::Candidate& first = plan.candidates.front();
  routing::AttemptReport unused;
  unused.provider = made_with.providers[first.provider].name;
  unused.upstream_model = first.upstream_model;
  unused.outcome = routing::AttemptOutcome::kNotSent;
  unused.probe = first.probe;
  unused.detail = "the provider is not configured where the request is served";
  report(std::move(unused));
}

void InProcessDecisionClient::report(routing::AttemptReport report) {
  gateway::keep_presentable(report.upstream_model);
  gateway::keep_presentable(report.detail);
  control_plane_.record(report, ledger_);
  control_plane_.activity().observe_attempt(report);
}

void InProcessDecisionClient::report_request(routing::RequestSummary summary) {
  gateway::keep_presentable(summary.model);
  gateway::keep_presentable(summary.upstream_model);
  gateway::keep_presentable(summary.upstream_request_id);
  gateway::keep_presentable(summary.error);
  for (routing::AttemptSummary& attempt : summary.attempts) {
    gateway::keep_presentable(attempt.upstream_model);
    gateway::keep_presentable(attempt.detail);
  }
  control_plane_.activity().observe_request(std::move(summary), gateway_id_);
}

void InProcessDecisionClient::end_lead(const gateway::LeadEnd& end) {
  leads_->end(end.signature);
  control_plane_.responses().end_lead(lead_end_of(end), *leads_);
}

void InProcessDecisionClient::on_wanted(std::function<void(const RequestSignature&)> listener) {
  leads_->listen(std::move(listener));
}

bool InProcessDecisionClient::is_cooling(std::string_view provider, std::string_view upstream_model) const {
  return control_plane_.is_cooling(provider, upstream_model);
}

}  // namespace balancer::standalone

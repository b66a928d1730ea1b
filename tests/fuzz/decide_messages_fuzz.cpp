// Both ends of the Decide stream: whatever a gateway says, the control plane goes on and says what a gateway understands;
// whatever a control plane says, a gateway gets a decision that it can act on, or none.
//
// 'q' and a DecideRequest, or 'r' and a DecideResponse.
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "common/log/log.hpp"
#include "controlplane/rpc/routing_encoding.hpp"
#include "gateway/controlplane_client/routing_messages.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fuzz/finding.hpp"
#include "tests/fuzz/read_message.hpp"
#include "tests/unit/controlplane/domain/sample_config.hpp"

namespace {

using namespace balancer;                // NOLINT(google-build-using-namespace)
using namespace balancer::controlplane;  // NOLINT(google-build-using-namespace)
using fuzz::complain;
using gateway::decode_decision;

constexpr std::chrono::hours kYear{365 * 24};

class Nobody final : public LeadOwner {
  void on_wanted(const RequestSignature&) override {}
};

// What reaches the gateway's requests.
void check_decision(const routing::RoutingDecision& decision, const Snapshot& snapshot, bool signed_query,
                    std::string_view input) {
  if (const auto* plan = std::get_if<routing::AttemptPlan>(&decision)) {
    if (plan->candidates.empty()) complain("a plan without candidates", input);
    for (const routing::Candidate& candidate : plan->candidates) {
      if (candidate.provider >= snapshot.providers.size()) complain("a candidate that does not exist", input);
    }
    if (plan->leads && !signed_query) complain("a lead that nobody began", input);
    if (plan->soonest_recovery > kYear) complain("a recovery beyond a year", input);
  } else if (const auto* rejection = std::get_if<routing::Rejection>(&decision)) {
    if (rejection->retry_delay > kYear) complain("a delay beyond a year", input);
  } else {
    const auto& elsewhere = std::get<routing::AnswerElsewhere>(decision);
    if (!signed_query) complain("an answer that nobody looked for", input);
    if (elsewhere.found && (!is_sound(*elsewhere.found->answer) || elsewhere.found->age.count() < 0)) {
      complain("an answer that makes no sense", input);
    }
  }
}

void hear_response(std::string_view text, const Config& config) {
  v1::DecideResponse response;
  if (!fuzz::read_message(text, response)) return;
  for (const std::optional<RequestSignature>& signature : {std::optional<RequestSignature>(), {RequestSignature{}}}) {
    v1::DecideResponse heard = response;
    for (v1::RouteDecision& message : *heard.mutable_decisions()) {
      const auto decision = decode_decision(message, config.snapshot, signature);
      if (decision) check_decision(*decision, config.snapshot, signature.has_value(), text);
    }
  }
}

void check_summary(const v1::RequestSummary& message, std::string_view text) {
  const routing::RequestSummary summary = decode(message);
  if (summary.status < 0 || summary.status > 599) complain("a status that is none", text);
  v1::RequestSummary told;
  encode(summary, told);
  v1::RequestSummary again;
  encode(decode(told), again);
  if (told.SerializeAsString() != again.SerializeAsString()) complain("told twice, another summary", text);
}

// As DecideStream does it.
void serve(const v1::DecideRequest& request, ControlPlane& control_plane, std::string_view text) {
  const auto nobody = std::make_shared<Nobody>();
  AttemptLedger ledger(nobody);
  for (const v1::AttemptReport& message : request.reports()) {
    const auto report = decode(message);
    if (!report) continue;
    if (report->age.count() < 0) complain("an attempt of the future", text);
    control_plane.record(*report, ledger);
    control_plane.activity().observe_attempt(*report);
  }
  for (const v1::LeadEnd& message : request.lead_ends()) {
    if (const auto end = decode(message)) control_plane.responses().end_lead(*end, *nobody);
  }
  for (const v1::RouteQuery& query : request.queries()) {
    const DecisionQuery decoded = decode(query);
    v1::RouteDecision answer;
    const Decision decision = control_plane.decide(decoded, ledger);
    encode(decision, answer);
    if (carry_answer(decision, kMaxCarriedBytesOfMessage, answer) > kMaxCarriedAnswerBytes) complain("too long an answer", text);
    const std::optional<RequestSignature> signature =
        decoded.sharing ? std::optional(decoded.sharing->signature) : std::nullopt;
    const auto understood = decode_decision(answer, decision.config->snapshot, signature);
    if (!understood) complain("a decision that no gateway understands", text);
    check_decision(*understood, decision.config->snapshot, signature.has_value(), text);
  }
  for (const v1::RequestSummary& message : request.requests()) {
    check_summary(message, text);
    control_plane.activity().observe_request(decode(message), request.gateway_id());
  }
  for (const v1::RequestTally& message : request.request_tallies()) {
    control_plane.activity().count_requests(decode(message));
  }
  for (const ProviderStatus& status : control_plane.provider_statuses()) {
    if (status.remaining_cooldown.count() < 0) complain("a cooldown that is over and goes on", text);
  }
  control_plane.abandon(ledger);
  for (const ProviderStatus& status : control_plane.provider_statuses()) {
    if (status.in_flight_count != 0) complain("requests under way that nobody has", text);
  }
}

void hear_request(std::string_view text, const Config& config) {
  v1::DecideRequest request;
  if (!fuzz::read_message(text, request)) return;
  FakeClock clock;
  ControlPlane control_plane(config, [] { return ConfigLoad{}; }, clock);
  serve(request, control_plane, text);
  clock.advance(std::chrono::hours(1));
  serve(request, control_plane, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  static const Config config = [] {
    // Cooldowns are told on the console.
    log::Settings quiet;
    quiet.level = log::Level::kError;
    log::configure(quiet);
    return sample_config({"a", "b"});
  }();
  const std::string_view text = fuzz::as_text(data + 1, size - 1);
  if (data[0] == 'q') hear_request(text, config);
  if (data[0] == 'r') hear_response(text, config);
  return 0;
}

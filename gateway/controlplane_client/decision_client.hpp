// How a gateway's I/O thread gets its routing decisions and says what became of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/async/asio.hpp"
#include "common/routing/attempt_plan.hpp"
#include "common/routing/attempt_report.hpp"
#include "common/routing/request_summary.hpp"
#include "common/signature/request_signature.hpp"
#include "common/snapshot/snapshot.hpp"

namespace balancer::gateway {

// What a decision needs to know about one client request.
struct DecisionRequest {
  // As the client sent it.
  std::string_view model;
  // The one provider that the client insists on; empty for none.
  std::string_view pinned_provider;
  // Opaque digest of the client's session; empty when the request has none.
  std::string_view session_key;
  // Configured name of the client's key; empty when clients are not authenticated.
  std::string_view caller;
  bool stream = false;
  // What provider the session had means nothing to it any more: one is chosen anew.
  bool session_start = false;
  // Only asks: no attempt follows.
  bool dry_run = false;
  // Of a request whose answer may be shared.
  std::optional<RequestSignature> signature = std::nullopt;
  // The client's max_tokens; 0 for none.
  std::int64_t max_output_token_count = 0;
  // No stored answer, and none that is under way, will do.
  bool wants_fresh_answer = false;
  // What the client's answer is named by; empty for questions that no answer comes of.
  std::string_view request_id = {};
};

// What became of a lead (AttemptPlan::leads).
struct LeadEnd {
  RequestSignature signature;
  // Requests that were given the leader's answer on this gateway, the leader apart.
  std::int64_t local_join_count = 0;
  // Of the answer.
  std::int64_t input_token_count = 0;
  std::int64_t output_token_count = 0;
};

// One per I/O thread; every call and every completion stays on that thread.
class DecisionClient {
 public:
  virtual ~DecisionClient() = default;

  // Candidates are indexes into snapshot.providers. AnswerElsewhere only for requests with a signature: what does not
  // come with it is to be had of the ResponseClient; no report follows. Never fails for want of a control plane: past a
  // short deadline, or while none is connected, the plan is made here from the snapshot and what this thread has seen of
  // the providers. `request` and `snapshot` must live until completion.
  virtual asio::awaitable<routing::RoutingDecision> decide(const DecisionRequest& request,
                                                           const Snapshot& snapshot) = 0;

  // Does not wait. The first candidate of every plan counts as an attempt, and is reported exactly once, sent or not;
  // so is each that a report names as the next one. A probe may be reported as kAnswering before.
  virtual void report(routing::AttemptReport report) = 0;

  // For people; does not wait. One without a request_id is only counted. Lost while no control plane answers for long.
  virtual void report_request(routing::RequestSummary summary) = 0;

  // Exactly once for every plan that leads, after its answer was stored, if it was. Does not wait.
  virtual void end_lead(const LeadEnd& end) = 0;
  // Called, on this thread, when another gateway waits for the answer of a lead that this client's plans began and that
  // has not ended. Replaces an earlier one; may be empty.
  virtual void on_wanted(std::function<void(const RequestSignature&)> listener) = 0;

  // Whether the provider, or that model of it, cools as far as is known here now.
  [[nodiscard]] virtual bool is_cooling(std::string_view provider, std::string_view upstream_model) const = 0;
};

}  // namespace balancer::gateway

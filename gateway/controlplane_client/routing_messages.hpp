// Routing values as messages of the Decide stream, and back.
#pragma once

#include <cstdint>
#include <optional>

#include "balancer/controlplane/v1/routing.pb.h"
#include "common/routing/attempt_plan.hpp"
#include "common/routing/attempt_report.hpp"
#include "common/snapshot/snapshot.hpp"
#include "gateway/controlplane_client/decision_client.hpp"

namespace balancer::gateway {

namespace v1 = balancer::controlplane::v1;

// False for names that came from a client and that a protobuf message cannot carry, or only at everybody's cost: one
// refused message would end the stream for all requests of the thread.
[[nodiscard]] bool can_carry(const DecisionRequest& request);

void encode_query(const DecisionRequest& request, std::uint64_t id, v1::RouteQuery& message);

void encode_summary(routing::RequestSummary&& summary, v1::RequestSummary& message);
// One more that ended as `summary` did.
void tally_summary(const routing::RequestSummary& summary, v1::DecideRequest& message);
void encode_report(routing::AttemptReport&& report, v1::AttemptReport& message);

void encode_lead_end(const LeadEnd& end, v1::LeadEnd& message);

// Whether the decision began a lead for a query with that signature.
[[nodiscard]] bool begins_lead(const v1::RouteDecision& message, const std::optional<RequestSignature>& signature);

// `signature` is that of the query. Nothing when the decision is of no use here: it says nothing that is known, names only
// providers that the snapshot lacks, or sends a query without signature elsewhere. Takes the strings out of `message`.
[[nodiscard]] std::optional<routing::RoutingDecision> decode_decision(v1::RouteDecision& message,
                                                                      const Snapshot& snapshot,
                                                                      const std::optional<RequestSignature>& signature);

}  // namespace balancer::gateway

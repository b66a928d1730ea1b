// Queries, decisions and reports between protobuf and the domain.
#pragma once

#include <cstddef>
#include <optional>

#include "balancer/controlplane/v1/routing.pb.h"
#include "common/routing/attempt_report.hpp"
#include "common/routing/request_summary.hpp"
#include "controlplane/domain/control_plane.hpp"

namespace balancer::controlplane {

// Refers into the message. Without a signature of the right length, the answer is shared with nobody.
[[nodiscard]] DecisionQuery decode(const v1::RouteQuery& query);

// Nothing without a signature of the right length. Counts are brought into bounds, whatever the peer wrote.
[[nodiscard]] std::optional<LeadEnd> decode(const v1::LeadEnd& end);

// Nothing for an outcome that this version does not know: such a report says nothing that could be acted on.
[[nodiscard]] std::optional<routing::AttemptReport> decode(const v1::AttemptReport& report);

[[nodiscard]] routing::RequestSummary decode(const v1::RequestSummary& summary);
// Counts are brought into bounds, whatever the peer wrote.
[[nodiscard]] routing::RequestTally decode(const v1::RequestTally& tally);
// Adds to `message`, which is empty.
void encode(const routing::RequestSummary& summary, v1::RequestSummary& message);

// Overwrites all of `message` but its id. What a hit found stays behind: see carry_answer().
void encode(const Decision& decision, v1::RouteDecision& message);

// The longest answer that goes with its decision. Whatever is on the stream holds up the decisions behind it, and a
// longer one is rare enough to be worth a call of its own.
inline constexpr std::size_t kMaxCarriedAnswerBytes = 32 * 1024;
// What the answers in one message take, at most: however many requests are answered at once, the message stays far below
// the 4 MiB that a gateway takes.
inline constexpr std::size_t kMaxCarriedBytesOfMessage = 256 * 1024;

// Adds what `decision`, a hit, has found to the message that it was encoded into, if that takes no more than
// kMaxCarriedAnswerBytes, nor than `room`. Returns the bytes that it takes; 0 when nothing was added.
[[nodiscard]] std::size_t carry_answer(const Decision& decision, std::size_t room, v1::RouteDecision& message);

}  // namespace balancer::controlplane

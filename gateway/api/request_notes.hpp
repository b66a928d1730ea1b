// What is written down of attempts and answers: for the control plane's health, and in the request's record.
#pragma once

#include <string>

#include "common/routing/attempt_report.hpp"
#include "gateway/api/delivery_context.hpp"
#include "gateway/api/provider_attempt.hpp"
#include "gateway/coalescing/shared_answer.hpp"

namespace balancer::gateway {

[[nodiscard]] routing::AttemptReport report_of(const AttemptEnd& end, const Provider& provider,
                                               std::string upstream_model, bool probe);

// A request that is refused because the gateway has enough to do.
void note_shed(RequestRecord& record, ShedReason reason, const Error& error);

// An attempt that really was one; logs failures of the provider. `began` is when it did. The record's entry, valid
// until the next one is written.
AttemptRecord& note_attempt(RequestRecord& record, const AttemptTarget& target, const AttemptEnd& end,
                            TimerWheel::TimePoint began);

// A request that was given an answer which was not made for it.
enum class SharedDelivery { kToItsEnd, kCutOff };
void note_shared_answer(RequestRecord& record, const http::Exchange& exchange, const SharedAnswer& answer,
                        SharedDelivery delivery);

}  // namespace balancer::gateway

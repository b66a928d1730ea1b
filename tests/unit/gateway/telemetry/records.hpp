// Records of requests as they are when they have ended.
#pragma once

#include <memory>
#include <string>

#include "gateway/telemetry/request_record.hpp"

namespace balancer::gateway {

// Of routes "claude-sonnet-4-5" and "*", of providers "first" and "second".
inline std::shared_ptr<const Snapshot> small_snapshot() {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->routing.providers = {{.name = "first"}, {.name = "second"}};
  snapshot->routing.routes = {
      {.pattern = "claude-sonnet-4-5", .targets = {{.provider = 0, .upstream_model = "gpt-5"}}, .strategy = {}},
      {.pattern = "*", .targets = {{.provider = 1, .upstream_model = ""}}, .strategy = {}}};
  return snapshot;
}

inline AttemptRecord success_at(std::string provider) {
  AttemptRecord attempt;
  attempt.provider = std::move(provider);
  attempt.upstream_model = "gpt-5";
  attempt.status = 200;
  attempt.began = std::chrono::milliseconds(20);
  attempt.duration = std::chrono::milliseconds(800);
  attempt.time_to_first_byte = std::chrono::milliseconds(300);
  attempt.usage = {.input_token_count = 123, .uncached_input_token_count = 100, .cache_creation_token_count = 3,
                   .cache_read_token_count = 20, .output_token_count = 7};
  attempt.upstream_request_id = "req_upstream";
  return attempt;
}

inline AttemptRecord failure_at(std::string provider, routing::AttemptOutcome outcome) {
  AttemptRecord attempt;
  attempt.provider = std::move(provider);
  attempt.upstream_model = "gpt-5";
  attempt.outcome = outcome;
  attempt.status = 529;
  attempt.detail = "HTTP 529";
  attempt.duration = std::chrono::milliseconds(100);
  return attempt;
}

// What an attempt leaves in its request's record.
inline void note(RequestRecord& record, AttemptRecord attempt) {
  record.provider = attempt.provider;
  record.upstream_model = attempt.upstream_model;
  record.upstream_request_id = attempt.upstream_request_id;
  record.outcome = attempt.outcome;
  record.usage = attempt.usage;
  record.attempts.push_back(std::move(attempt));
}

// A Messages request that nothing was done for yet.
inline void ask(RequestRecord& record, std::string model = "claude-sonnet-4-5", std::string route = "claude-sonnet-4-5") {
  record.snapshot = small_snapshot();
  record.model = std::move(model);
  record.route = std::move(route);
}

// Answered by its only attempt, at "first", in a second.
inline RequestRecord answered_record() {
  RequestRecord record;
  record.request_id = "req_1";
  record.endpoint = "messages";
  record.caller = "alice";
  ask(record);
  record.cache = CacheOutcome::kMiss;
  note(record, success_at("first"));
  record.reading = std::chrono::milliseconds(50);
  record.status = 200;
  record.duration = std::chrono::seconds(1);
  record.time_to_first_byte = std::chrono::milliseconds(400);
  return record;
}

}  // namespace balancer::gateway

#include "gateway/api/shared_head.hpp"

#include <chrono>
#include <string>

#include "gateway/api/reply.hpp"

namespace balancer::gateway {

http::ResponseHead shared_head(const SharedHead& about) {
  http::ResponseHead head = make_head(200, about.request_id);
  head.add("content-type", about.stream ? kEventStreamType : kJsonType);
  head.add("cache-control", "private, no-store");
  if (about.stream) head.add("x-accel-buffering", "no");
  if (about.origin.source == AnswerOrigin::Source::kCache) {
    head.add("age", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(about.origin.age).count()));
  }
  head.add("x-provider-used", about.origin.provider);
  if (!about.diagnostics) return head;
  head.add("x-balancer-provider", about.origin.provider);
  head.add("x-balancer-upstream-model", about.origin.upstream_model);
  head.add("x-balancer-attempts", "0");
  head.add("x-balancer-cache", to_string(about.outcome));
  return head;
}

CacheOutcome outcome_of(const AnswerOrigin& origin) {
  return origin.source == AnswerOrigin::Source::kCache ? CacheOutcome::kHit : CacheOutcome::kJoin;
}

}  // namespace balancer::gateway

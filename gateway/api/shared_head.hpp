// The head of an answer that was made for somebody else.
#pragma once

#include <string_view>

#include "common/http/response_head.hpp"
#include "common/routing/cache_outcome.hpp"
#include "gateway/coalescing/shared_answer.hpp"

namespace balancer::gateway {

struct SharedHead {
  std::string_view request_id;
  bool stream = false;
  CacheOutcome outcome = CacheOutcome::kJoin;
  const AnswerOrigin& origin;
  // Whether the x-balancer-* headers are wanted.
  bool diagnostics = true;
};
// 200. Says who made the answer, how it came here, and how old it is; keeps it out of caches on its way (promises.md T44).
[[nodiscard]] http::ResponseHead shared_head(const SharedHead& about);

// kHit for one out of the cache, else kJoin.
[[nodiscard]] CacheOutcome outcome_of(const AnswerOrigin& origin);

}  // namespace balancer::gateway

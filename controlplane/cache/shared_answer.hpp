// An answer as the cache, and those who wait for it, hold it.
#pragma once

#include <memory>

#include "common/routing/stored_answer.hpp"

namespace balancer::controlplane {

// Never changes once it is shared.
using SharedAnswer = std::shared_ptr<const StoredAnswer>;

}  // namespace balancer::controlplane

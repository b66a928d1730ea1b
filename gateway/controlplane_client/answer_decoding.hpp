// Stored answers as messages of the control plane tell of them.
#pragma once

#include <memory>

#include "balancer/controlplane/v1/response.pb.h"
#include "common/routing/stored_answer.hpp"

namespace balancer::gateway {

namespace v1 = balancer::controlplane::v1;

// Null for a message that is none of an answer: the control plane may be of another version. Takes the strings out of it.
[[nodiscard]] std::shared_ptr<const StoredAnswer> decode_answer(v1::StoredAnswer& message);

}  // namespace balancer::gateway

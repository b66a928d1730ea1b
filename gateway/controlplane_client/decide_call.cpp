#include "gateway/controlplane_client/decide_call.hpp"

namespace balancer::gateway {

void DecideCall::Reply::reset() {
  arena_.Reset();
  message_ = google::protobuf::Arena::CreateMessage<v1::DecideResponse>(&arena_);
}

}  // namespace balancer::gateway

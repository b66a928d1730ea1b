// Who waits for an answer that is being made.
#pragma once

#include "controlplane/cache/shared_answer.hpp"

namespace balancer::controlplane {

// Lives until it was told or has left: exactly one of the two happens (SharedResponses::join, leave).
class AnswerWaiter {
 public:
  virtual ~AnswerWaiter() = default;
  // Null: there is no answer to share. On any thread, without a lock of the table's; must be quick.
  virtual void on_answer(const SharedAnswer& answer) = 0;
};

}  // namespace balancer::controlplane

// Who makes an answer that others wait for: one gateway thread's Decide stream.
#pragma once

#include "common/signature/request_signature.hpp"

namespace balancer::controlplane {

// Shared with the table of leads: a call that is on its way may come after all leads were ended.
class LeadOwner {
 public:
  virtual ~LeadOwner() = default;
  // The first waits for the answer of a lead of this owner; called once a lead. On any thread, without a lock of the
  // table's; must be quick.
  virtual void on_wanted(const RequestSignature& signature) = 0;
};

}  // namespace balancer::controlplane

// Which answers are being made, by whom, and who waits for them.
//
// Has no lock, and calls nobody: what it hands out is for the caller to tell, once its own lock is released.
#pragma once

#include <cstddef>
#include <memory>
#include <unordered_map>
#include <vector>

#include "common/signature/request_signature.hpp"
#include "controlplane/cache/shared_answer.hpp"
#include "controlplane/domain/answer_waiter.hpp"
#include "controlplane/domain/lead_owner.hpp"

namespace balancer::controlplane {

struct Lead {
  std::shared_ptr<LeadOwner> owner;
  // Null until it is made. Whoever comes between then and the lead's end gets it at once.
  SharedAnswer answer;
  std::vector<AnswerWaiter*> waiters;
  // The owner knows that others wait.
  bool wanted = false;
};

class LeadTable {
 public:
  using Waiters = std::vector<AnswerWaiter*>;

  // Null when nobody leads. Valid until the next call.
  [[nodiscard]] const Lead* find(const RequestSignature& signature) const;
  // Only when nobody leads.
  void begin(const RequestSignature& signature, std::shared_ptr<LeadOwner> owner);
  // Only while somebody leads. The owner, if this is the first who waits: it is to be told.
  [[nodiscard]] std::shared_ptr<LeadOwner> wait(const RequestSignature& signature, AnswerWaiter& waiter);
  // False for one that does not wait (any more).
  bool leave(const RequestSignature& signature, AnswerWaiter& waiter);
  // Those who wait are to be given it. Nobody when there is no such lead.
  [[nodiscard]] Waiters answer(const RequestSignature& signature, const SharedAnswer& answer);
  // Only while somebody leads. Those who still wait are to be told that there is nothing.
  [[nodiscard]] Waiters end(const RequestSignature& signature);
  // The same for all leads of the owner.
  [[nodiscard]] Waiters abandon(const LeadOwner& owner);

  [[nodiscard]] std::size_t size() const { return leads_.size(); }

 private:
  std::unordered_map<RequestSignature, Lead, RequestSignatureHash> leads_;
};

}  // namespace balancer::controlplane

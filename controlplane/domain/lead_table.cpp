#include "controlplane/domain/lead_table.hpp"

#include <algorithm>
#include <utility>

namespace balancer::controlplane {

const Lead* LeadTable::find(const RequestSignature& signature) const {
  const auto found = leads_.find(signature);
  return found == leads_.end() ? nullptr : &found->second;
}

void LeadTable::begin(const RequestSignature& signature, std::shared_ptr<LeadOwner> owner) {
  leads_.try_emplace(signature).first->second.owner = std::move(owner);
}

std::shared_ptr<LeadOwner> LeadTable::wait(const RequestSignature& signature, AnswerWaiter& waiter) {
  Lead& lead = leads_.at(signature);
  lead.waiters.push_back(&waiter);
  return std::exchange(lead.wanted, true) ? nullptr : lead.owner;
}

bool LeadTable::leave(const RequestSignature& signature, AnswerWaiter& waiter) {
  const auto found = leads_.find(signature);
  return found != leads_.end() && std::erase(found->second.waiters, &waiter) > 0;
}

LeadTable::Waiters LeadTable::answer(const RequestSignature& signature, const SharedAnswer& answer) {
  const auto found = leads_.find(signature);
  if (found == leads_.end()) return {};
  found->second.answer = answer;
  return std::exchange(found->second.waiters, {});
}

LeadTable::Waiters LeadTable::end(const RequestSignature& signature) {
  const auto found = leads_.find(signature);
  Waiters waiters = std::move(found->second.waiters);
  leads_.erase(found);
  return waiters;
}

LeadTable::Waiters LeadTable::abandon(const LeadOwner& owner) {
  Waiters waiters;
  for (auto lead = leads_.begin(); lead != leads_.end();) {
    if (lead->second.owner.get() != &owner) {
      ++lead;
      continue;
    }
    waiters.insert(waiters.end(), lead->second.waiters.begin(), lead->second.waiters.end());
    lead = leads_.erase(lead);
  }
  return waiters;
}

}  // namespace balancer::controlplane

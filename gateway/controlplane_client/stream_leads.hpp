// The leads of one I/O thread that have not ended, over all Decide streams that it has had.
//
// The end of a stream ends its leads at the control plane, while those who made the plans go on and tell their ends
// later: these must not be taken for the end of a lead of the same signature that the next stream began. Where both are
// under way, the former stream's counts as the one that ends first.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <utility>

#include "common/signature/request_signature.hpp"

namespace balancer::gateway {

// Has no lock: the caller stays on one thread.
class StreamLeads {
 public:
  // A plan of the present stream leads.
  void begin(const RequestSignature& signature) { ++leads_[signature].present; }

  // To be called once for every begin(). True if the lead is one of the present stream's, which is to be told.
  [[nodiscard]] bool end(const RequestSignature& signature) {
    const auto entry = leads_.find(signature);
    if (entry == leads_.end()) return false;
    Counts& counts = entry->second;
    const bool of_present = counts.former == 0;
    --(of_present ? counts.present : counts.former);
    if (counts.former + counts.present == 0) leads_.erase(entry);
    return of_present;
  }

  // The present stream is one of the former now.
  void end_stream() {
    for (auto& [signature, counts] : leads_) counts.former += std::exchange(counts.present, 0);
  }

  // Whether the present stream leads it.
  [[nodiscard]] bool contains(const RequestSignature& signature) const {
    const auto entry = leads_.find(signature);
    return entry != leads_.end() && entry->second.present > 0;
  }

 private:
  struct Counts {
    std::size_t present = 0;
    std::size_t former = 0;
  };

  boost::unordered_flat_map<RequestSignature, Counts, RequestSignatureHash> leads_;
};

}  // namespace balancer::gateway

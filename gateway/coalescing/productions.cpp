#include "gateway/coalescing/productions.hpp"

namespace balancer::gateway {

Productions::Entry::Entry(Productions& productions, const RequestSignature& signature, AnswerRecorder& recorder)
    : productions_(productions),
      signature_(signature),
      recorder_(recorder),
      place_(productions.entries_.insert(productions.entries_.end(), this)) {
  if (!productions.lingers_) recorder.stop_lingering();
}

Productions::Entry::~Entry() { productions_.entries_.erase(place_); }

void Productions::mark_wanted(const RequestSignature& signature) {
  for (Entry* const entry : entries_) {
    if (entry->signature_ == signature) entry->wanted_ = true;
  }
}

void Productions::stop_lingering() {
  lingers_ = false;
  for (Entry* const entry : entries_) entry->recorder_.stop_lingering();
}

}  // namespace balancer::gateway

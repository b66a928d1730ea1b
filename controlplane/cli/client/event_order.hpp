// The order of a Messages stream's events.
#pragma once

#include <set>
#include <string>

#include "controlplane/cli/client/stream_events.hpp"

namespace balancer::controlplane::cli {

class EventOrder {
 public:
  // What is wrong with this event at this place; empty when nothing is. `ping` may come anywhere, and events of names
  // that are not known here anywhere in the message.
  [[nodiscard]] std::string take(const StreamEvent& event);
  // What is missing when nothing follows.
  [[nodiscard]] std::string end() const;

 private:
  [[nodiscard]] std::string take_block_event(const std::string& name, long index);

  bool started_ = false;
  bool stopped_ = false;
  std::set<long> open_blocks_;
};

}  // namespace balancer::controlplane::cli

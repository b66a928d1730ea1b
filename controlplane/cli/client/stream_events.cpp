#include "controlplane/cli/client/stream_events.hpp"

#include <algorithm>

namespace balancer::controlplane::cli {
namespace {

Milliseconds arrival_of(std::size_t size, const std::vector<Arrival>& arrivals) {
  const auto arrival =
      std::find_if(arrivals.begin(), arrivals.end(), [&](const Arrival& each) { return each.body_size >= size; });
  return arrival == arrivals.end() ? Milliseconds(0) : arrival->at;
}

void take_line(std::string_view line, StreamEvent& event, bool& has_data) {
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") event.name = value;
  if (field != "data") return;
  if (has_data) event.data += '\n';
  event.data += value;
  has_data = true;
}

}  // namespace

std::vector<StreamEvent> stream_events(const ProbeAnswer& answer) {
  std::vector<StreamEvent> events;
  StreamEvent event;
  bool has_data = false;
  const std::string_view body = answer.body;
  std::size_t begin = 0;
  while (begin < body.size()) {
    const std::size_t end = body.find('\n', begin);
    if (end == std::string_view::npos) break;
    std::string_view line = body.substr(begin, end - begin);
    begin = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) {
      take_line(line, event, has_data);
      continue;
    }
    if (has_data) {
      event.at = arrival_of(begin, answer.arrivals);
      events.push_back(std::move(event));
    }
    event = {};
    has_data = false;
  }
  return events;
}

}  // namespace balancer::controlplane::cli

#include "controlplane/cli/client/event_order.hpp"

#include <nlohmann/json.hpp>

namespace balancer::controlplane::cli {

std::string EventOrder::take(const StreamEvent& event) {
  if (event.name.empty()) return "an event has no `event:` line: Anthropic's SDKs drop it";
  const auto data = nlohmann::json::parse(event.data, nullptr, false);
  if (!data.is_object()) return "the data of " + event.name + " is no JSON object";
  if (event.name == "error") {
    const auto error = data.find("error");
    const bool has_message = error != data.end() && error->is_object() && error->contains("message") &&
                             error->at("message").is_string();
    return "an error in the stream: " + (has_message ? error->at("message").get<std::string>() : event.data);
  }
  if (event.name == "ping") return {};
  if (stopped_) return event.name + " after message_stop";
  if (event.name == "message_start") {
    if (started_) return "a second message_start";
    started_ = true;
    return {};
  }
  if (!started_) return event.name + " before message_start";
  if (event.name.starts_with("content_block_")) {
    const auto index = data.find("index");
    if (index == data.end() || !index->is_number_integer()) return event.name + " without an index";
    return take_block_event(event.name, index->get<long>());
  }
  const bool ends = event.name == "message_delta" || event.name == "message_stop";
  if (ends && !open_blocks_.empty()) return event.name + " while a content block is open";
  if (event.name == "message_stop") stopped_ = true;
  return {};
}

std::string EventOrder::end() const {
  if (!started_) return "no events";
  return stopped_ ? std::string() : "it ends without message_stop: clients take that for a broken connection";
}

std::string EventOrder::take_block_event(const std::string& name, long index) {
  if (name == "content_block_start") return open_blocks_.insert(index).second ? "" : "a block is started twice";
  if (!open_blocks_.contains(index)) return name + " of a block that is not open";
  if (name == "content_block_stop") open_blocks_.erase(index);
  return {};
}

}  // namespace balancer::controlplane::cli

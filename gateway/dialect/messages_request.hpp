// What routing needs to know of a Messages body (protocol.md 1.5, 2.1): found by a scan, not a parse.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/error/error.hpp"
#include "gateway/dialect/body_edit.hpp"
#include "gateway/dialect/json/json_object_scanner.hpp"

namespace balancer::gateway {

// Where a value stands in the body that was scanned; empty for none.
struct BodyRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::string_view of(std::string_view body) const { return body.substr(begin, end - begin); }
};

struct MessagesRequest {
  std::string model;
  bool stream = false;
  // 0 when it is absent or no whole number.
  std::int64_t max_tokens = 0;
  // The body's "provider": the one provider that the client insists on; empty for none.
  std::string pinned_provider;

  // Where the value of "model" stands, quotes included.
  std::size_t model_begin = 0;
  std::size_t model_end = 0;
  // Of members that are given more than once, the last.
  BodyRange system;
  BodyRange messages;
  BodyRange metadata;
  // Takes the gateway's own member "provider" out; providers do not know it.
  std::optional<BodyEdit> pin_removal;
  // Take out the thinking blocks that this gateway made (signature "gw1."): providers cannot verify them
  // (protocol.md 2.7). Sorted by position.
  std::vector<BodyEdit> gateway_thinking_removals;
};

// `body` is followed by at least 64 readable bytes.
[[nodiscard]] Result<MessagesRequest> scan_messages_request(std::string_view body, JsonObjectScanner& scanner);

// The edits that a body needs before it goes to a provider of the Anthropic type; `upstream_model` is empty when the
// client's own name is passed through. `thinking_removals` are the request's own gateway_thinking_removals, or
// find_all_thinking() of the body.
[[nodiscard]] std::vector<BodyEdit> passthrough_edits(const MessagesRequest& request, std::string_view upstream_model,
                                                      std::vector<BodyEdit> thinking_removals);

}  // namespace balancer::gateway

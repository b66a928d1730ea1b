// Whatever a provider sends, as events or as a message, becomes the other form or nothing; and what has been turned once
// says the same however often it is turned.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/dialect/answer/answer_summary.hpp"
#include "gateway/dialect/answer/events_from_message.hpp"
#include "gateway/dialect/answer/message_from_events.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using namespace balancer::gateway;  // NOLINT(google-build-using-namespace)
using balancer::fuzz::complain;

void turn_message(const std::string& message) {
  const std::optional<std::string> events = events_from_message(message);
  if (!events) return;
  const std::optional<std::string> back = message_from_events(*events);
  if (!back) complain("events that nobody understands", *events);
  const std::optional<std::string> again = events_from_message(*back);
  if (!again) complain("a message that cannot be told", *back);
  if (message_from_events(*again) != back) complain("turned twice, another answer", *again);
  const AnswerSummary told = summarize_events(*events);
  const AnswerSummary whole = summarize_message(*back);
  if (!told.complete || !whole.complete || told.stop_reason != whole.stop_reason) complain("another ending", *events);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(summarize_events(text));
  static_cast<void>(summarize_message(text));
  turn_message(text);
  if (const std::optional<std::string> message = message_from_events(text)) {
    if (!events_from_message(*message)) complain("a message that cannot be told", *message);
    turn_message(*message);
  }
  return 0;
}

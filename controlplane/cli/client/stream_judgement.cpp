#include "controlplane/cli/client/stream_judgement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/ascii.hpp"
#include "controlplane/cli/client/answer_diagnosis.hpp"
#include "controlplane/cli/client/event_order.hpp"
#include "controlplane/cli/client/stream_events.hpp"

namespace balancer::controlplane::cli {
namespace {

constexpr std::size_t kFewestPieces = 5;
// No model writes so many pieces in so short a time.
constexpr Milliseconds kBurst{10};
// A whole answer that is there sooner may really have been made so quickly, or come from a cache.
constexpr Milliseconds kTellingWait{300};

std::string complaint_about(const std::vector<StreamEvent>& events) {
  EventOrder order;
  for (const StreamEvent& event : events) {
    std::string complaint = order.take(event);
    if (!complaint.empty()) return complaint;
  }
  return order.end();
}

std::vector<Milliseconds> piece_times(const ProbeAnswer& answer) {
  std::vector<Milliseconds> times;
  for (const StreamEvent& event : stream_events(answer)) {
    if (event.name == "content_block_delta") times.push_back(event.at);
  }
  return times;
}

// The longest time between two pieces, and how many such gaps there are that set two bursts apart.
struct Gaps {
  Milliseconds longest{0};
  std::size_t bursts = 1;
};

Gaps gaps_between(const std::vector<Milliseconds>& times) {
  Gaps gaps;
  for (std::size_t i = 1; i < times.size(); ++i) {
    const Milliseconds gap = times[i] - times[i - 1];
    gaps.longest = std::max(gaps.longest, gap);
    if (gap > kBurst) ++gaps.bursts;
  }
  return gaps;
}

constexpr const char* kBufferingAdvice =
    "something on the way collects the stream: in nginx proxy_buffering off, elsewhere no compression or response "
    "buffering for text/event-stream; or the provider itself does not stream";

}  // namespace

Check judge_stream(const ProbeAnswer& answer, const DoctorSettings& settings) {
  Check check{.name = "stream", .took = answer.ended_at};
  const std::vector<StreamEvent> events = stream_events(answer);
  const std::string_view type = answer.header("content-type");
  if (!ascii_istarts_with(type, "text/event-stream")) {
    check.verdict = CheckVerdict::kFailed;
    check.seen = fmt::format("its content-type is {}", type.empty() ? "missing" : quotable(type, settings));
    check.advice = "a stream was asked for: something between answers in its place, or changes the answer";
    return check;
  }
  if (const std::string complaint = complaint_about(events); !complaint.empty()) {
    check.verdict = CheckVerdict::kFailed;
    check.seen = quotable(complaint, settings);
    check.advice = "look into the log of the gateway, and of any proxy before it";
    return check;
  }
  check.seen = fmt::format("{} events from message_start to message_stop", events.size());
  const std::string_view provider = answer.header("x-provider-used");
  if (!provider.empty()) check.seen += ", by provider " + quotable(provider, settings);
  return check;
}

Check judge_pace(const ProbeAnswer& answer) {
  Check check{.name = "stream pace"};
  const std::vector<Milliseconds> times = piece_times(answer);
  if (times.size() < kFewestPieces) {
    check.verdict = CheckVerdict::kSkipped;
    check.seen = fmt::format("cannot be told: the answer came in only {} pieces", times.size());
    return check;
  }
  const Milliseconds spread = times.back() - times.front();
  const Milliseconds waited = times.front() - answer.connected_at;
  const Gaps gaps = gaps_between(times);
  if (spread <= kBurst && waited < kTellingWait) {
    check.verdict = CheckVerdict::kSkipped;
    check.seen = fmt::format("cannot be told: the whole answer was there after {} ms", times.back().count());
  } else if (spread <= kBurst) {
    check.verdict = CheckVerdict::kFailed;
    check.seen = fmt::format("buffered: {} pieces came all at once, {} ms after the question", times.size(),
                             times.front().count());
    check.advice = kBufferingAdvice;
  } else if (gaps.bursts == 2 && gaps.longest >= kTellingWait && times.size() >= 2 * kFewestPieces) {
    check.verdict = CheckVerdict::kWarning;
    check.seen = fmt::format("perhaps buffered: {} pieces came in 2 bursts, {} ms apart", times.size(),
                             gaps.longest.count());
    check.advice = kBufferingAdvice;
  } else {
    check.seen = fmt::format("{} pieces one by one over {} ms, the first after {} ms, never more than {} ms apart",
                             times.size(), spread.count(), times.front().count(), gaps.longest.count());
  }
  return check;
}

}  // namespace balancer::controlplane::cli

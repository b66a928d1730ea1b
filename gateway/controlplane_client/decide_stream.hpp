// The Decide stream of one I/O thread: many requests share it, matched to their answers by id, all of one loop turn in
// one message. Opens itself again when it breaks.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "balancer/controlplane/v1/routing.pb.h"
#include "common/async/asio.hpp"
#include "common/async/timer_wheel.hpp"
#include "common/routing/attempt_plan.hpp"
#include "common/routing/attempt_report.hpp"
#include "common/snapshot/snapshot.hpp"
#include "gateway/controlplane_client/decide_call.hpp"
#include "gateway/controlplane_client/decide_call_starter.hpp"
#include "gateway/controlplane_client/decision_client.hpp"
#include "gateway/controlplane_client/reconnect_backoff.hpp"
#include "gateway/controlplane_client/stream_leads.hpp"

namespace balancer::gateway {

// Everything here stays on the thread that runs the wheel's io_context. Owned by one DecisionClient.
class DecideStream : public std::enable_shared_from_this<DecideStream> {
 public:
  enum class Outcome {
    kAnswered,
    kTimedOut,
    // The stream broke, or too much waits already.
    kUnavailable,
  };

  // What happens to the stream as a whole. Called from the io_context.
  struct Events {
    // An answer came, in time or not.
    std::function<void()> on_heard;
    std::function<void()> on_broken;
    // Another gateway waits for the answer of a lead that this stream began and that has not ended.
    std::function<void(const RequestSignature&)> on_wanted;
  };

  // One request that waits for its answer, in the frame of its coroutine.
  class Waiter {
   public:
    Waiter(DecideStream& stream, const Snapshot& snapshot);

    [[nodiscard]] Outcome outcome() const { return outcome_; }
    // Empty also when the control plane's answer is of no use with the snapshot.
    [[nodiscard]] std::optional<routing::RoutingDecision>& decision() { return decision_; }

   private:
    friend class DecideStream;
    using Resumption = asio::async_result<asio::use_awaitable_t<>, void()>::handler_type;

    const Snapshot& snapshot_;
    std::uint64_t id_ = 0;
    std::optional<RequestSignature> signature_;
    Outcome outcome_ = Outcome::kUnavailable;
    std::optional<routing::RoutingDecision> decision_;
    std::optional<Resumption> resumption_;
    TimerWheel::Timer timer_;
  };

  // Beyond this many waiting queries or reports the former are refused and the oldest of the latter dropped.
  static constexpr int kQueryLimit = 4'096;
  static constexpr int kReportLimit = 4'096;
  static constexpr int kSummaryLimit = 1'024;
  static constexpr std::chrono::milliseconds kTallyInterval{250};
  // An older report tells the control plane nothing any more: few cooldowns are longer.
  static constexpr std::chrono::minutes kReportLifetime{5};
  // A control plane that leaves more questions unanswered, or more ends of leads untaken, is asked on a new stream: the
  // end of the old one ends all of its leads.
  static constexpr int kUnansweredLimit = 4'096;
  static constexpr int kLeadEndLimit = 4'096;

  struct Settings {
    std::string gateway_id;
    // An answer is waited for so long.
    std::chrono::milliseconds deadline{0};
    std::uint64_t seed = 0;
  };
  DecideStream(DecideCallStarter start_call, TimerWheel& wheel, Settings settings, Events events);

  // Starts connecting now, unless the stream is open.
  void open();
  // Whether questions can be put; not whether anybody answers them.
  [[nodiscard]] bool is_open() const { return open_; }
  // For good. Whoever still waits is never resumed.
  void close();

  // `request` must be carriable (routing_messages.hpp) and live, like `waiter`, until completion.
  asio::awaitable<void> ask(const DecisionRequest& request, Waiter& waiter);
  // Sent now, or once the stream is open again if that is soon enough.
  void report(routing::AttemptReport&& report);
  // Sent soon; dropped while the stream is down. What is only counted, and what is one too many to wait, goes with the
  // next batch, or after kTallyInterval.
  void report_request(routing::RequestSummary&& summary);
  // Of a plan that leads. Sent unless its stream has ended, which ended the lead.
  void end_lead(const LeadEnd& end);

  [[nodiscard]] std::uint64_t dropped_report_count() const { return dropped_reports_; }

 private:
  void put_question(const DecisionRequest& request, Waiter& waiter, Waiter::Resumption resumption);
  void expire(Waiter& waiter);
  void settle(Waiter& waiter, Outcome outcome);
  void flush_soon();
  void flush();
  void receive();
  void accept(v1::RouteDecision& decision);
  void accept_late(const v1::RouteDecision& decision);
  void hear_wanted(const v1::WantedLead& lead);
  void hand_back(const v1::RouteDecision& decision, const std::optional<RequestSignature>& signature);
  void send(const LeadEnd& end);
  void on_ended();
  void on_finished(const grpc::Status& status);
  void drop_reports(std::size_t count);
  void drop_stale_reports();

  TimerWheel& wheel_;
  const Settings settings_;
  const Events events_;
  const DecideCallStarter start_call_;

  std::unique_ptr<DecideCall> call_;
  DecideCall::News news_;
  bool open_ = false;
  bool closed_ = false;
  ReconnectBackoff backoff_;
  TimerWheel::Timer reopen_timer_;
  // Armed while requests that were only counted wait for a batch to go with.
  TimerWheel::Timer tally_timer_;

  // What the next message will hold.
  v1::DecideRequest pending_;
  // When each of pending_'s reports arose.
  std::deque<TimerWheel::TimePoint> report_times_;
  bool flush_posted_ = false;
  boost::unordered_flat_map<std::uint64_t, Waiter*> waiters_;
  // Of questions that were sent and that nobody waits for any more: their answers may still begin leads.
  boost::unordered_flat_map<std::uint64_t, RequestSignature> given_up_;
  StreamLeads leads_;
  std::uint64_t last_id_ = 0;
  std::uint64_t dropped_reports_ = 0;
};

}  // namespace balancer::gateway

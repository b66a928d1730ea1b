// Carries spans from the queue to the collector.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "common/async/asio.hpp"
#include "common/async/timer_wheel.hpp"
#include "common/tracing/collector_health.hpp"
#include "common/tracing/export_verdict.hpp"
#include "common/tracing/exporter_settings.hpp"
#include "common/tracing/span_queue.hpp"
#include "common/upstream/connection_pool.hpp"
#include "common/upstream/resolver.hpp"
#include "common/upstream/tls_contexts.hpp"
#include "common/upstream/upstream_call.hpp"

namespace balancer::tracing {

// One batch at a time, in the order of the queue. References outlive the object.
class SpanDelivery {
 public:
  SpanDelivery(const ExporterSettings& settings, SpanQueue& queue);
  SpanDelivery(const SpanDelivery&) = delete;
  SpanDelivery& operator=(const SpanDelivery&) = delete;

  // The body of the delivery's thread. Returns after close(), with nothing left in the queue that is not counted.
  void run();

  // These two may be called on any thread: the queue holds a batch; the end has come, and what is left may take no
  // longer than the settings' close limit.
  void wake();
  void close();

 private:
  using TimePoint = TimerWheel::TimePoint;

  asio::awaitable<void> deliver_all();
  asio::awaitable<void> wait_for_work();
  asio::awaitable<void> deliver(std::vector<Span> batch);
  // False when there is no time left to wait that long.
  asio::awaitable<bool> wait_until_ready();
  asio::awaitable<ExportVerdict> send(const std::string& body);
  void give_up();

  void tell(CollectorHealth::News news, std::string_view reason);

  const ExporterSettings& settings_;
  SpanQueue& queue_;
  // The request's head up to the body's length. Holds credentials.
  const std::string head_;

  asio::io_context context_{1};
  TimerWheel wheel_{context_};
  Resolver resolver_{1};
  TlsContexts tls_;
  ConnectionPool pool_;
  CollectorHealth health_;
  std::minstd_rand chance_;

  // Until the next batch is due; until the collector may be asked again.
  asio::steady_timer due_{context_};
  asio::steady_timer pause_{context_};
  // While a request is under way.
  UpstreamCall* call_ = nullptr;
  bool closing_ = false;
  bool gave_up_ = false;
  // Once closing.
  asio::steady_timer end_{context_};
};

}  // namespace balancer::tracing

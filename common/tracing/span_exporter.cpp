#include "common/tracing/span_exporter.hpp"

#include <thread>
#include <utility>

#include "common/tracing/span_delivery.hpp"

namespace balancer::tracing {

class SpanExporter::Core {
 public:
  explicit Core(ExporterSettings settings) : settings_(std::move(settings)) {}
  ~Core() { close(); }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  void submit(Span&& span) noexcept {
    if (!span.context.sampled || !queue_.push(std::move(span))) return;
    try {
      delivery_.wake();
    } catch (...) {
      // The batch goes out when its time has come.
    }
  }

  void close() {
    if (!thread_.joinable()) return;
    queue_.close();
    delivery_.close();
    thread_.join();
  }

  [[nodiscard]] Counts counts() const { return queue_.counts(); }

 private:
  const ExporterSettings settings_;
  SpanQueue queue_{settings_.queue_limit, settings_.batch_limit};
  SpanDelivery delivery_{settings_, queue_};
  std::thread thread_{[this] { delivery_.run(); }};
};

SpanExporter::SpanExporter(ExporterSettings settings) : core_(std::make_unique<Core>(std::move(settings))) {}

SpanExporter::~SpanExporter() = default;

void SpanExporter::submit(Span&& span) noexcept { core_->submit(std::move(span)); }

void SpanExporter::close() { core_->close(); }

SpanExporter::Counts SpanExporter::counts() const { return core_->counts(); }

}  // namespace balancer::tracing

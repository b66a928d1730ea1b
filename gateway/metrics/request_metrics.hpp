// What one I/O thread counts of requests and attempts. Takes no locks. Labels come from closed sets: configured names and
// the lists in metric_labels.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "common/metrics/metric_family.hpp"
#include "gateway/metrics/histogram_cell.hpp"
#include "gateway/metrics/series_shard.hpp"

namespace balancer::gateway {

using Seconds = std::chrono::duration<double>;

struct CountedRequest {
  std::string_view endpoint;
  int status = 0;
  Seconds duration{0};
  // Until the client was sent the first byte of its answer.
  std::optional<Seconds> time_to_first_byte;
  // What the gateway itself took.
  std::optional<Seconds> overhead;
};

struct CountedAttempt {
  std::string_view provider;
  std::string_view outcome;
  // Another candidate was tried behind it.
  bool retried = false;
  Seconds duration{0};
  std::optional<Seconds> time_to_first_byte;
};

// One call of a model that came to an end, in the terms of OpenTelemetry's GenAI conventions.
struct CountedOperation {
  std::string_view name;
  // "anthropic" or "openai".
  std::string_view provider_type;
  std::string_view provider;
  // As asked for by the client, and of the provider.
  std::string_view request_model;
  std::string_view upstream_model;
  // Empty for a success.
  std::string_view error_type;
  Seconds duration{0};
  std::optional<Seconds> time_to_first_chunk;
  // Input without what was cached.
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t cache_read_tokens = 0;
  std::int64_t cache_creation_tokens = 0;
};

// Counted into by one thread, read by any.
class RequestMetrics {
 public:
  void count(const CountedRequest& request);
  void count(const CountedAttempt& attempt);
  void count(const CountedOperation& operation);
  // Nobody could be asked, or the gateway has enough to do.
  void count_rejection(std::string_view reason);
  void request_opened() { open_requests_.add(1); }
  void request_closed() { open_requests_.add(-1); }
  void stream_opened() { open_streams_.add(1); }
  void stream_closed() { open_streams_.add(-1); }

  [[nodiscard]] std::int64_t open_request_count() const { return static_cast<std::int64_t>(open_requests_.value()); }
  [[nodiscard]] std::int64_t open_stream_count() const { return static_cast<std::int64_t>(open_streams_.value()); }

  using Shards = std::vector<std::unique_ptr<RequestMetrics>>;
  // All threads' sums.
  static void collect(const Shards& shards, metrics::Families& families);

 private:
  template <const auto& kBounds, std::size_t kLabels>
  using Histograms = SeriesShard<HistogramCell<kBounds>, kLabels>;

  SeriesShard<NumberCell, 2> requests_;
  Histograms<kLatencyBounds, 1> durations_;
  Histograms<kLatencyBounds, 0> first_bytes_;
  Histograms<kShortBounds, 0> overheads_;
  SeriesShard<NumberCell, 2> attempts_;
  SeriesShard<NumberCell, 2> retries_;
  Histograms<kLatencyBounds, 1> attempt_durations_;
  Histograms<kLatencyBounds, 1> attempt_first_bytes_;
  SeriesShard<NumberCell, 3> tokens_;
  SeriesShard<NumberCell, 1> rejections_;
  Histograms<kOperationBounds, 4> operation_durations_;
  Histograms<kOperationBounds, 3> operation_first_chunks_;
  Histograms<kTokenBounds, 4> token_usages_;
  NumberCell open_requests_;
  NumberCell open_streams_;
};

}  // namespace balancer::gateway

// How much went on lately, in steps of equal length: what sparklines are drawn from.
//
// Has no clock or lock: the caller passes the time and calls from one place at a time.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/time/clock.hpp"

namespace balancer::controlplane {

struct TrafficStep {
  std::int64_t request_count = 0;
  // Requests that failed by no fault of their client's.
  std::int64_t error_count = 0;
  std::int64_t input_token_count = 0;
  std::int64_t output_token_count = 0;
};

struct TrafficRates {
  double requests_per_second = 0;
  double errors_per_second = 0;
  double input_tokens_per_second = 0;
  double output_tokens_per_second = 0;
};

class TrafficHistory {
 public:
  static constexpr std::chrono::seconds kStep{5};
  static constexpr std::size_t kStepCount = 60;
  // Rates are of so many of the latest steps, the running one included.
  static constexpr std::size_t kRateSteps = 2;

  explicit TrafficHistory(Clock::TimePoint start) : start_(start) {}

  void add(const TrafficStep& amount, Clock::TimePoint now);
  // A provider's time to the first byte.
  void add_latency(std::string_view provider, std::chrono::microseconds latency, Clock::TimePoint now);

  // Oldest first, the running one last; kStepCount of them.
  [[nodiscard]] std::vector<TrafficStep> steps(Clock::TimePoint now) const;
  [[nodiscard]] TrafficRates rates(Clock::TimePoint now) const;
  // The mean in seconds of each step; nothing for a step without an answer. As many as steps().
  [[nodiscard]] std::vector<std::optional<double>> latencies(std::string_view provider, Clock::TimePoint now) const;

 private:
  // A step's number since the start tells whether its place in the ring is of now or of the round before.
  template <class Value>
  struct Slot {
    std::int64_t number = -1;
    Value value{};
  };
  template <class Value>
  using Ring = std::array<Slot<Value>, kStepCount>;
  struct Latency {
    double sum = 0;
    std::int64_t count = 0;
  };

  [[nodiscard]] std::int64_t number_of(Clock::TimePoint time) const;
  // Null for a step that the ring has gone past.
  template <class Value>
  static Value* slot(Ring<Value>& ring, std::int64_t number);
  template <class Value>
  static Value value_of(const Ring<Value>& ring, std::int64_t number);

  const Clock::TimePoint start_;
  Ring<TrafficStep> steps_{};
  std::map<std::string, Ring<Latency>, std::less<>> latencies_;
};

}  // namespace balancer::controlplane

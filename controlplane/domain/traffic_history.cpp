#include "controlplane/domain/traffic_history.hpp"

#include <algorithm>

namespace balancer::controlplane {
namespace {

// Names come from configurations, which are bounded; a provider that is gone keeps its row.
constexpr std::size_t kMaxProviders = 1'000;

}  // namespace

std::int64_t TrafficHistory::number_of(Clock::TimePoint time) const {
  return std::max<std::int64_t>((time - start_) / kStep, 0);
}

template <class Value>
Value* TrafficHistory::slot(Ring<Value>& ring, std::int64_t number) {
  Slot<Value>& place = ring[static_cast<std::size_t>(number) % kStepCount];
  if (place.number > number) return nullptr;
  if (place.number != number) place = {.number = number, .value = {}};
  return &place.value;
}

template <class Value>
Value TrafficHistory::value_of(const Ring<Value>& ring, std::int64_t number) {
  if (number < 0) return {};
  const Slot<Value>& place = ring[static_cast<std::size_t>(number) % kStepCount];
  return place.number == number ? place.value : Value{};
}

void TrafficHistory::add(const TrafficStep& amount, Clock::TimePoint now) {
  TrafficStep* const step = slot(steps_, number_of(now));
  if (step == nullptr) return;
  step->request_count += amount.request_count;
  step->error_count += amount.error_count;
  step->input_token_count += amount.input_token_count;
  step->output_token_count += amount.output_token_count;
}

void TrafficHistory::add_latency(std::string_view provider, std::chrono::microseconds latency, Clock::TimePoint now) {
  auto row = latencies_.find(provider);
  if (row == latencies_.end()) {
    if (latencies_.size() >= kMaxProviders) return;
    row = latencies_.emplace(provider, Ring<Latency>{}).first;
  }
  Latency* const step = slot(row->second, number_of(now));
  if (step == nullptr) return;
  step->sum += std::chrono::duration<double>(latency).count();
  ++step->count;
}

std::vector<TrafficStep> TrafficHistory::steps(Clock::TimePoint now) const {
  std::vector<TrafficStep> steps;
  steps.reserve(kStepCount);
  const std::int64_t last = number_of(now);
  for (std::int64_t number = last - static_cast<std::int64_t>(kStepCount) + 1; number <= last; ++number) {
    steps.push_back(value_of(steps_, number));
  }
  return steps;
}

TrafficRates TrafficHistory::rates(Clock::TimePoint now) const {
  TrafficStep sum;
  const std::int64_t last = number_of(now);
  const std::int64_t first = std::max<std::int64_t>(last - static_cast<std::int64_t>(kRateSteps) + 1, 0);
  for (std::int64_t number = first; number <= last; ++number) {
    const TrafficStep step = value_of(steps_, number);
    sum.request_count += step.request_count;
    sum.error_count += step.error_count;
    sum.input_token_count += step.input_token_count;
    sum.output_token_count += step.output_token_count;
  }
  // In the first moment of a step, or of all, too little has passed to divide by.
  const double passed = std::chrono::duration<double>(now - (start_ + first * kStep)).count();
  const double seconds = std::max(passed, 1.0);
  return {.requests_per_second = static_cast<double>(sum.request_count) / seconds,
          .errors_per_second = static_cast<double>(sum.error_count) / seconds,
          .input_tokens_per_second = static_cast<double>(sum.input_token_count) / seconds,
          .output_tokens_per_second = static_cast<double>(sum.output_token_count) / seconds};
}

std::vector<std::optional<double>> TrafficHistory::latencies(std::string_view provider, Clock::TimePoint now) const {
  std::vector<std::optional<double>> means(kStepCount);
  const auto row = latencies_.find(provider);
  if (row == latencies_.end()) return means;
  const std::int64_t first = number_of(now) - static_cast<std::int64_t>(kStepCount) + 1;
  for (std::size_t i = 0; i < kStepCount; ++i) {
    const Latency step = value_of(row->second, first + static_cast<std::int64_t>(i));
    if (step.count > 0) means[i] = step.sum / static_cast<double>(step.count);
  }
  return means;
}

}  // namespace balancer::controlplane

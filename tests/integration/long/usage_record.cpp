#include "tests/integration/long/usage_record.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

#include "tests/integration/support/process_usage.hpp"

namespace balancer::integration {
namespace {

template <class Sample>
std::ptrdiff_t median(std::span<const Sample> samples, std::ptrdiff_t Sample::*value) {
  std::vector<std::ptrdiff_t> values;
  for (const Sample& sample : samples) values.push_back(sample.*value);
  std::sort(values.begin(), values.end());
  return values.at(values.size() / 2);
}

}  // namespace

void UsageRecord::sample() {
  samples_.push_back({std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(),
                      static_cast<std::ptrdiff_t>(integration::resident_bytes(process_)),
                      static_cast<std::ptrdiff_t>(integration::resident_file_bytes(process_)),
                      static_cast<std::ptrdiff_t>(open_descriptors(process_)),
                      static_cast<std::ptrdiff_t>(thread_count(process_))});
}

UsageRecord::Growth UsageRecord::growth() const {
  if (samples_.size() < 8) throw std::logic_error("too few samples");
  const std::span<const Sample> all(samples_);
  const std::size_t quarter = all.size() / 4;
  const auto medians = [&](std::ptrdiff_t Sample::*value) {
    std::array<std::ptrdiff_t, 4> each{};
    for (std::size_t i = 0; i < each.size(); ++i) each[i] = median(all.subspan(i * quarter, quarter), value);
    return each;
  };
  const auto growth_of = [&](std::ptrdiff_t Sample::*value) { return medians(value)[3] - medians(value)[1]; };

  const std::span<const Sample> warm = all.subspan(quarter);
  double seconds = 0;
  double bytes = 0;
  for (const Sample& sample : warm) {
    seconds += sample.seconds / static_cast<double>(warm.size());
    bytes += static_cast<double>(sample.resident_bytes) / static_cast<double>(warm.size());
  }
  double covariance = 0;
  double variance = 0;
  for (const Sample& sample : warm) {
    covariance += (sample.seconds - seconds) * (static_cast<double>(sample.resident_bytes) - bytes);
    variance += (sample.seconds - seconds) * (sample.seconds - seconds);
  }
  return {.resident_bytes = growth_of(&Sample::resident_bytes),
          .descriptors = growth_of(&Sample::descriptors),
          .threads = growth_of(&Sample::threads),
          .resident_bytes_per_hour = variance > 0 ? covariance / variance * 3600 : 0,
          .resident = medians(&Sample::resident_bytes),
          .resident_files = medians(&Sample::resident_file_bytes)};
}

std::string UsageRecord::Growth::summary() const {
  std::string text = "resident";
  for (const std::ptrdiff_t bytes : resident) text += ' ' + std::to_string(bytes / 1024);
  text += " KiB by quarters, of files";
  for (const std::ptrdiff_t bytes : resident_files) text += ' ' + std::to_string(bytes / 1024);
  return text + " KiB, " + std::to_string(static_cast<long>(resident_bytes_per_hour / 1024)) +
         " KiB an hour, descriptors " + std::to_string(descriptors) + ", threads " + std::to_string(threads);
}

}  // namespace balancer::integration

// Where time comes from. Only the app folders create a SystemClock; everything below is handed a Clock or a time.
#pragma once

#include <chrono>

namespace balancer {

class Clock {
 public:
  // Deadlines and durations are measured on the steady clock: setting the machine's time changes nothing.
  using TimePoint = std::chrono::steady_clock::time_point;
  using WallTime = std::chrono::system_clock::time_point;

  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
  // For what people or other machines read: dates, log times.
  [[nodiscard]] virtual WallTime wall_now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] WallTime wall_now() const override { return std::chrono::system_clock::now(); }
};

}  // namespace balancer

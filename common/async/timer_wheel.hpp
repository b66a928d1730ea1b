// Deadlines of one I/O thread on one coarse clock: arming and disarming are a list insertion, whatever their number.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>
#include <functional>

#include "common/async/asio.hpp"

namespace balancer {

// Fires late by at most two ticks, never early. Everything here stays on the thread that runs the io_context.
class TimerWheel {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds kTick{4};

  // One deadline. Disarms itself when destroyed; must not outlive the wheel.
  class Timer : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
   public:
    Timer(TimerWheel& wheel, std::function<void()> on_expiry);
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    // Replaces an earlier deadline. on_expiry is called once, from the wheel's io_context, unless disarmed before.
    void arm(TimePoint deadline);
    void arm_after(std::chrono::nanoseconds delay);
    void disarm();
    [[nodiscard]] bool armed() const { return is_linked(); }

   private:
    friend class TimerWheel;

    TimerWheel& wheel_;
    std::function<void()> on_expiry_;
    std::uint64_t expiry_tick_ = 0;
  };

  explicit TimerWheel(asio::io_context& context);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  // Nothing fires any more; lets the io_context run out of work.
  void stop() { alarm_.cancel(); }

  // The time that deadlines are counted from: read anew at every call.
  [[nodiscard]] TimePoint now() const { return std::chrono::steady_clock::now(); }
  // For handing the wheel's thread to others.
  [[nodiscard]] asio::io_context& context() { return context_; }

 private:
  static constexpr std::size_t kSlots = 1024;
  using Slot = boost::intrusive::list<Timer, boost::intrusive::constant_time_size<false>>;

  void insert(Timer& timer, TimePoint deadline);
  void wake_at(std::uint64_t tick);
  void schedule_next();
  void advance();
  [[nodiscard]] std::uint64_t tick_of(TimePoint time) const;

  asio::io_context& context_;
  asio::steady_timer alarm_;
  TimePoint start_;
  std::array<Slot, kSlots> slots_;
  // Every tick up to and including this one has been served.
  std::uint64_t served_tick_ = 0;
  // The tick that alarm_ is set to; kNoAlarm when it is not.
  std::uint64_t alarm_tick_;
};

}  // namespace balancer

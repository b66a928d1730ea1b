#include "common/async/timer_wheel.hpp"

#include <limits>
#include <utility>

namespace balancer {
namespace {

constexpr std::uint64_t kNoAlarm = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TimerWheel::Timer::Timer(TimerWheel& wheel, std::function<void()> on_expiry)
    : wheel_(wheel), on_expiry_(std::move(on_expiry)) {}

void TimerWheel::Timer::arm(TimePoint deadline) {
  disarm();
  wheel_.insert(*this, deadline);
}

void TimerWheel::Timer::arm_after(std::chrono::nanoseconds delay) { arm(wheel_.now() + delay); }

void TimerWheel::Timer::disarm() {
  if (is_linked()) unlink();
}

TimerWheel::TimerWheel(asio::io_context& context)
    : context_(context), alarm_(context), start_(std::chrono::steady_clock::now()), alarm_tick_(kNoAlarm) {}

std::uint64_t TimerWheel::tick_of(TimePoint time) const {
  if (time <= start_) return 0;
  return static_cast<std::uint64_t>((time - start_) / kTick);
}

void TimerWheel::insert(Timer& timer, TimePoint deadline) {
  // Rounded up: a deadline is never served before it is due.
  const std::uint64_t tick = std::max(tick_of(deadline) + 1, served_tick_ + 1);
  timer.expiry_tick_ = tick;
  slots_[tick % kSlots].push_back(timer);
  wake_at(tick);
}

void TimerWheel::wake_at(std::uint64_t tick) {
  // A far deadline shares its slot with nearer ticks, so looking once a turn of the wheel is enough for it.
  tick = std::min(tick, served_tick_ + kSlots);
  if (tick >= alarm_tick_) return;
  alarm_tick_ = tick;
  alarm_.expires_at(start_ + static_cast<std::int64_t>(tick) * kTick);
  alarm_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    alarm_tick_ = kNoAlarm;
    advance();
  });
}

void TimerWheel::advance() {
  const std::uint64_t current = tick_of(now());
  Slot expired;
  const std::uint64_t first = current - served_tick_ > kSlots ? current - kSlots + 1 : served_tick_ + 1;
  for (std::uint64_t tick = first; tick <= current; ++tick) {
    Slot& slot = slots_[tick % kSlots];
    for (auto it = slot.begin(); it != slot.end();) {
      Timer& timer = *it++;
      if (timer.expiry_tick_ > current) continue;
      timer.unlink();
      expired.push_back(timer);
    }
  }
  served_tick_ = current;
  // A callback may disarm or destroy any timer, also one that expired with it: each leaves the list by itself.
  while (!expired.empty()) {
    Timer& timer = expired.front();
    timer.unlink();
    timer.on_expiry_();
  }
  schedule_next();
}

void TimerWheel::schedule_next() {
  for (std::uint64_t tick = served_tick_ + 1; tick <= served_tick_ + kSlots; ++tick) {
    if (slots_[tick % kSlots].empty()) continue;
    wake_at(tick);
    return;
  }
}

}  // namespace balancer

#include "tests/fakes/silent_link.hpp"

#include <poll.h>

#include <array>
#include <chrono>
#include <utility>

#include "tests/fakes/socket.hpp"

namespace balancer::fakes {
namespace {

constexpr std::chrono::seconds kConnectPatience{5};

void wait_for(std::array<pollfd, 4>& descriptors) {
  while (::poll(descriptors.data(), descriptors.size(), -1) <= 0) {
  }
}

}  // namespace

SilentLink::SilentLink()
    : server_([this](Socket near, const Latch& stop) { hand_on(std::move(near), stop); }) {}

void SilentLink::fall_silent() { change_to(true); }

void SilentLink::heal() { change_to(false); }

void SilentLink::change_to(bool silent) {
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<Latch> changed = condition_.changed;
  condition_ = Condition{.silent = silent};
  changed->release();
}

SilentLink::Condition SilentLink::condition() const {
  const std::lock_guard lock(mutex_);
  return condition_;
}

bool SilentLink::has_answered_with(std::string_view bytes) const {
  const std::lock_guard lock(mutex_);
  return answered_.find(bytes) != std::string::npos;
}

void SilentLink::remember(std::string_view answer) {
  const std::lock_guard lock(mutex_);
  answered_ += answer;
}

bool SilentLink::wait_while_silent(const Latch& stop) const {
  while (true) {
    const Condition now = condition();
    if (!now.silent) return true;
    std::array<pollfd, 4> descriptors{pollfd{stop.descriptor(), POLLIN, 0}, pollfd{now.changed->descriptor(), POLLIN, 0},
                                      pollfd{-1, 0, 0}, pollfd{-1, 0, 0}};
    wait_for(descriptors);
    if (descriptors[0].revents != 0) return false;
  }
}

std::unique_ptr<Socket> SilentLink::reach_far_end() const {
  const std::uint16_t far_port = far_port_;
  if (far_port == 0) return nullptr;
  try {
    return std::make_unique<Socket>(Socket::connect(far_port, std::chrono::steady_clock::now() + kConnectPatience));
  } catch (const ConversationError&) {
    return nullptr;
  }
}

std::optional<std::string> SilentLink::read_some(Socket& from, const Latch& stop) {
  ReadResult read = from.read_some({.stop = &stop});
  if (read.status != IoStatus::kReady) return std::nullopt;
  return std::move(read.bytes);
}

bool SilentLink::write(Socket& to, std::string_view bytes, const Latch& stop) {
  return to.write_all(bytes, {.stop = &stop}) == IoStatus::kReady;
}

void SilentLink::hand_on(Socket near, const Latch& stop) {
  if (!wait_while_silent(stop)) return;
  const std::unique_ptr<Socket> far = reach_far_end();
  if (!far) return;
  while (wait_while_silent(stop)) {
    const Condition now = condition();
    std::array<pollfd, 4> descriptors{pollfd{stop.descriptor(), POLLIN, 0}, pollfd{now.changed->descriptor(), POLLIN, 0},
                                      pollfd{near.descriptor(), POLLIN, 0}, pollfd{far->descriptor(), POLLIN, 0}};
    wait_for(descriptors);
    if (descriptors[0].revents != 0) return;
    // It may have fallen silent together with the bytes' arrival.
    if (descriptors[1].revents != 0 || condition().silent) continue;
    if (descriptors[2].revents != 0) {
      const std::optional<std::string> said = read_some(near, stop);
      if (!said || !write(*far, *said, stop)) return;
    }
    if (descriptors[3].revents != 0) {
      const std::optional<std::string> answer = read_some(*far, stop);
      if (!answer) return;
      // First: whoever has got it may ask at once what was said.
      remember(*answer);
      if (!write(near, *answer, stop)) return;
    }
  }
}

}  // namespace balancer::fakes

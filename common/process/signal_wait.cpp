#include "common/process/signal_wait.hpp"

#include <pthread.h>

#include <atomic>
#include <initializer_list>
#include <thread>

namespace balancer {

SignalWait::SignalWait() {
  sigemptyset(&signals_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals_, signal);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

Wish SignalWait::next() {
  int signal = 0;
  while (sigwait(&signals_, &signal) != 0) {
  }
  return signal == SIGHUP ? Wish::kReload : Wish::kStop;
}

void SignalWait::end_with(const std::function<void()>& ending, const std::function<void()>& on_impatience) {
  std::atomic<bool> ended = false;
  const pthread_t waiting = pthread_self();
  std::thread work([&] {
    ending();
    ended = true;
    // Wakes the wait below; whether it still waits does not matter.
    pthread_kill(waiting, SIGHUP);
  });
  while (!ended) {
    if (next() == Wish::kStop && !ended) on_impatience();
  }
  work.join();
}

}  // namespace balancer

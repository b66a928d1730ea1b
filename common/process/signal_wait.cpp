#include "common/process/signal_wait.hpp"

#include <initializer_list>

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

}  // namespace balancer

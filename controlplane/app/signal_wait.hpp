// Signals as values: blocked everywhere, waited for in one place.
#pragma once

#include <csignal>

namespace balancer::controlplane {

enum class Wish { kReload, kStop };

// To be made before any thread is, so that none of them is interrupted: SIGTERM, SIGINT and SIGHUP are blocked from
// then on, and SIGPIPE is ignored.
class SignalWait {
 public:
  SignalWait();

  // Blocks until a signal comes: SIGHUP wishes a reload, the others a stop.
  [[nodiscard]] Wish next();

 private:
  sigset_t signals_;
};

}  // namespace balancer::controlplane

// Signals as values: blocked everywhere, waited for in one place.
#pragma once

#include <csignal>
#include <functional>

namespace balancer {

enum class Wish { kReload, kStop };

// To be made before any thread is, so that none of them is interrupted: SIGTERM, SIGINT and SIGHUP are blocked from
// then on, and SIGPIPE is ignored.
class SignalWait {
 public:
  SignalWait();

  // Blocks until a signal comes: SIGHUP wishes a reload, the others a stop.
  [[nodiscard]] Wish next();

  // Runs `ending` on a thread of its own and returns when it has. Whoever wishes a stop once more meanwhile is impatient:
  // `on_impatience` is called then.
  void end_with(const std::function<void()>& ending, const std::function<void()>& on_impatience);

 private:
  sigset_t signals_;
};

}  // namespace balancer

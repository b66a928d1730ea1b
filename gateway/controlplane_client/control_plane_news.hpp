// What the link learns about the control plane, told to every I/O thread; and whether the control plane answers.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "common/async/asio.hpp"
#include "gateway/controlplane_client/provider_statuses.hpp"

namespace balancer::gateway {

// Thread-safe. Listeners are called on their own threads.
class ControlPlaneNews {
 public:
  struct Listener {
    std::function<void(const ProviderStatuses&)> on_statuses;
    // The control plane proved alive anew.
    std::function<void()> on_alive;
  };

  // Calls `listener` from `context`, first with what is known already. Ends with unsubscribe, which is to be called on
  // the context's thread: the listener is not called afterwards.
  void subscribe(asio::io_context& context, std::shared_ptr<const Listener> listener);
  void unsubscribe(const Listener& listener);

  void publish(const ProviderStatuses& statuses);
  // All that was heard, merged.
  [[nodiscard]] std::vector<HeardStatus> known() const;
  // The stream that carries snapshots is up or down.
  void publish_alive();
  void publish_lost();
  // The control plane calls itself ready to serve, after it did not.
  void publish_serving();

  // An I/O thread's questions stay unanswered, or no longer.
  void count_silence() { ++silent_threads_; }
  void uncount_silence() { --silent_threads_; }

  // The control plane went away, and the one that may have come since has not been told what this gateway remembers: it
  // should not be asked yet.
  [[nodiscard]] bool lost() const { return lost_; }

  [[nodiscard]] bool connected() const { return alive_ && silent_threads_ == 0; }

 private:
  struct Subscription {
    asio::io_context* context;
    std::shared_ptr<const Listener> listener;
  };

  template <class Call>
  static void post(const Subscription& subscription, Call call);
  void tell_alive();

  std::atomic<bool> alive_{false};
  std::atomic<bool> lost_{false};
  std::atomic<int> silent_threads_{0};
  mutable std::mutex mutex_;
  std::vector<Subscription> subscriptions_;
  std::vector<HeardStatus> known_;
};

}  // namespace balancer::gateway

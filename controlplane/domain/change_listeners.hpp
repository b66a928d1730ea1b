// Tells those who asked that the configuration or a provider's health has changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace balancer::controlplane {

// Called on whichever thread made the change; must be quick and must not subscribe or unsubscribe. What is new is read
// from the control plane, at any later time: a listener that skips calls misses nothing but intermediate states.
class ChangeListener {
 public:
  virtual ~ChangeListener() = default;
  virtual void on_config_changed() = 0;
  virtual void on_provider_changed(const std::string& provider) = 0;
  // Whether an operator wants it in rotation. Of interest to the gateway itself.
  virtual void on_gateway_changed(const std::string& gateway_id) { static_cast<void>(gateway_id); }
};

// Thread-safe.
class ChangeListeners {
 public:
  // Ends the subscription when destroyed; the listener is not called after that.
  class Subscription {
   public:
    Subscription(ChangeListeners& listeners, ChangeListener& listener);
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

   private:
    ChangeListeners& listeners_;
    ChangeListener& listener_;
  };

  void notify_config_changed();
  void notify_provider_changed(const std::string& provider);
  void notify_gateway_changed(const std::string& gateway_id);
  // Something that only those who look by themselves care for.
  void count_change() { ++revision_; }
  // Changes with each of them.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

 private:
  std::atomic<std::uint64_t> revision_{0};
  std::mutex mutex_;
  std::vector<ChangeListener*> listeners_;
};

}  // namespace balancer::controlplane

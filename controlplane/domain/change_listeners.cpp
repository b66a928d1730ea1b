#include "controlplane/domain/change_listeners.hpp"

namespace balancer::controlplane {

ChangeListeners::Subscription::Subscription(ChangeListeners& listeners, ChangeListener& listener)
    : listeners_(listeners), listener_(listener) {
  const std::lock_guard lock(listeners_.mutex_);
  listeners_.listeners_.push_back(&listener_);
}

ChangeListeners::Subscription::~Subscription() {
  const std::lock_guard lock(listeners_.mutex_);
  std::erase(listeners_.listeners_, &listener_);
}

void ChangeListeners::notify_config_changed() {
  ++revision_;
  const std::lock_guard lock(mutex_);
  for (ChangeListener* listener : listeners_) listener->on_config_changed();
}

void ChangeListeners::notify_provider_changed(const std::string& provider) {
  ++revision_;
  const std::lock_guard lock(mutex_);
  for (ChangeListener* listener : listeners_) listener->on_provider_changed(provider);
}

void ChangeListeners::notify_gateway_changed(const std::string& gateway_id) {
  ++revision_;
  const std::lock_guard lock(mutex_);
  for (ChangeListener* listener : listeners_) listener->on_gateway_changed(gateway_id);
}

}  // namespace balancer::controlplane

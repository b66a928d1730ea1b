#include "gateway/controlplane_client/control_plane_news.hpp"

#include <algorithm>
#include <utility>

namespace balancer::gateway {

template <class Call>
void ControlPlaneNews::post(const Subscription& subscription, Call call) {
  asio::post(*subscription.context,
             [weak = std::weak_ptr<const Listener>(subscription.listener), call = std::move(call)] {
               if (const auto listener = weak.lock()) call(*listener);
             });
}

void ControlPlaneNews::subscribe(asio::io_context& context, std::shared_ptr<const Listener> listener) {
  const std::lock_guard lock(mutex_);
  const Subscription& subscription = subscriptions_.emplace_back(Subscription{&context, std::move(listener)});
  const bool alive = alive_;
  post(subscription, [known = known_, alive](const Listener& to) {
    to.on_statuses({.scope = ProviderStatuses::Scope::kEveryProvider, .statuses = known});
    if (alive) to.on_alive();
  });
}

void ControlPlaneNews::unsubscribe(const Listener& listener) {
  const std::lock_guard lock(mutex_);
  const auto is_it = [&](const Subscription& subscription) { return subscription.listener.get() == &listener; };
  std::erase_if(subscriptions_, is_it);
}

void ControlPlaneNews::publish(const ProviderStatuses& statuses) {
  const std::lock_guard lock(mutex_);
  if (statuses.scope == ProviderStatuses::Scope::kEveryProvider) known_.clear();
  for (const HeardStatus& status : statuses.statuses) {
    const auto known = std::find_if(known_.begin(), known_.end(),
                                    [&](const HeardStatus& other) { return other.provider == status.provider; });
    if (known == known_.end()) {
      known_.push_back(status);
    } else {
      *known = status;
    }
  }
  const auto shared = std::make_shared<const ProviderStatuses>(statuses);
  for (const Subscription& subscription : subscriptions_) {
    post(subscription, [shared](const Listener& to) { to.on_statuses(*shared); });
  }
}

std::vector<HeardStatus> ControlPlaneNews::known() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

void ControlPlaneNews::tell_alive() {
  const std::lock_guard lock(mutex_);
  for (const Subscription& subscription : subscriptions_) {
    post(subscription, [](const Listener& to) { to.on_alive(); });
  }
}

void ControlPlaneNews::publish_alive() {
  alive_ = true;
  lost_ = false;
  tell_alive();
}

void ControlPlaneNews::publish_lost() {
  alive_ = false;
  lost_ = true;
}

void ControlPlaneNews::publish_serving() {
  // Ready is not enough for one that has come anew.
  if (!lost_) tell_alive();
}

}  // namespace balancer::gateway

#include "controlplane/domain/session_affinity.hpp"

#include <utility>

namespace balancer::controlplane {

const SessionHome* SessionAffinity::find(std::string_view session, std::string_view route, Clock::TimePoint now) {
  forget_idle(now);
  const auto found = index_.find(key_of(session, route));
  if (found == index_.end()) return nullptr;
  sessions_.splice(sessions_.begin(), sessions_, found->second);
  found->second->used_at = now;
  return &found->second->home;
}

const SessionHome* SessionAffinity::peek(std::string_view session, std::string_view route, Clock::TimePoint now) const {
  const auto found = index_.find(key_of(session, route));
  if (found == index_.end() || now - found->second->used_at >= idle_limit_) return nullptr;
  return &found->second->home;
}

void SessionAffinity::store(std::string_view session, std::string_view route, SessionHome home, Clock::TimePoint now) {
  if (idle_limit_.count() == 0) return;
  std::string key = key_of(session, route);
  if (const auto known = index_.find(key); known != index_.end()) {
    sessions_.splice(sessions_.begin(), sessions_, known->second);
  } else {
    sessions_.push_front({std::move(key), {}, {}});
    index_.emplace(sessions_.front().key, sessions_.begin());
  }
  sessions_.front().home = std::move(home);
  sessions_.front().used_at = now;
  forget_idle(now);
}

std::string SessionAffinity::key_of(std::string_view session, std::string_view route) {
  std::string key;
  key.reserve(session.size() + 1 + route.size());
  key += session;
  key += '\0';
  key += route;
  return key;
}

void SessionAffinity::forget_idle(Clock::TimePoint now) {
  while (!sessions_.empty() && (sessions_.size() > kMaxSessions || now - sessions_.back().used_at >= idle_limit_)) {
    index_.erase(sessions_.back().key);
    sessions_.pop_back();
  }
}

}  // namespace balancer::controlplane

// Which provider a session has: its prompt cache lives there (protocol.md 5.5). Kept while the session is used, and for a
// while after.
//
// Has no clock and no lock. Bounded: the session that was idle for longest is forgotten first.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/time/clock.hpp"

namespace balancer::controlplane {

struct SessionHome {
  // Configured name.
  std::string provider;
  // As the route's target names it, or as it was sent.
  std::string upstream_model;

  friend bool operator==(const SessionHome&, const SessionHome&) = default;
};

class SessionAffinity {
 public:
  static constexpr std::size_t kMaxSessions = 100'000;

  // How long an idle session keeps its provider; 0 for not at all.
  void set_idle_limit(std::chrono::milliseconds limit) { idle_limit_ = limit; }

  // `session` is opaque, `route` the pattern that matched: requests of one session by different routes have different
  // providers. Null when there is none. Counts as use. Valid until the next call.
  [[nodiscard]] const SessionHome* find(std::string_view session, std::string_view route, Clock::TimePoint now);
  // The same, but changes nothing.
  [[nodiscard]] const SessionHome* peek(std::string_view session, std::string_view route, Clock::TimePoint now) const;
  void store(std::string_view session, std::string_view route, SessionHome home, Clock::TimePoint now);

  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

 private:
  struct Session {
    std::string key;
    SessionHome home;
    Clock::TimePoint used_at;
  };
  using Sessions = std::list<Session>;

  static std::string key_of(std::string_view session, std::string_view route);
  void forget_idle(Clock::TimePoint now);

  std::chrono::milliseconds idle_limit_{0};
  // The one used last comes first.
  Sessions sessions_;
  // Views into the sessions' keys.
  std::unordered_map<std::string_view, Sessions::iterator> index_;
};

}  // namespace balancer::controlplane

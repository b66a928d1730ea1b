// Which of several things a user means by a name, or by the beginning of one.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace balancer::controlplane::cli {

// A whole name comes before beginnings, and is never ambiguous by them. Things are kept by address.
template <class Thing>
class NameMatch {
 public:
  void offer(const Thing& thing, std::string_view wanted, std::initializer_list<std::string_view> names) {
    const auto is_whole = [&](std::string_view name) { return name == wanted; };
    const auto begins = [&](std::string_view name) { return name.starts_with(wanted); };
    if (std::any_of(names.begin(), names.end(), is_whole)) {
      whole_.add(thing);
    } else if (std::any_of(names.begin(), names.end(), begins)) {
      beginning_.add(thing);
    }
  }

  // Null for nothing, and for several.
  [[nodiscard]] const Thing* found() const { return whole_.count > 0 ? whole_.only() : beginning_.only(); }

 private:
  struct Matches {
    void add(const Thing& thing) {
      first = count == 0 ? &thing : first;
      ++count;
    }
    [[nodiscard]] const Thing* only() const { return count == 1 ? first : nullptr; }

    const Thing* first = nullptr;
    int count = 0;
  };

  Matches whole_;
  Matches beginning_;
};

}  // namespace balancer::controlplane::cli

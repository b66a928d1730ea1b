// The members of a JSON object as text, in order, so that single ones can be changed and the rest stays as it is.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

// Look-ups take as long as there are members, and names are compared as they stand.
class JsonMembers {
 public:
  // No provider has a tenth of them.
  static constexpr std::size_t kMaxMembers = 256;
  // An object with at most kMaxMembers less `spare`, none of whose names is spelt with escapes.
  [[nodiscard]] static bool can_hold(JsonValue value, std::size_t spare = 0);

  JsonMembers() = default;
  // Copies all members of an object; none of anything else.
  explicit JsonMembers(JsonValue object);

  [[nodiscard]] bool empty() const { return members_.empty(); }
  [[nodiscard]] std::size_t size() const { return members_.size(); }
  // Of the last member of that name; empty when there is none. Valid until the next change.
  [[nodiscard]] std::string_view raw(std::string_view raw_key) const;
  [[nodiscard]] bool has(std::string_view raw_key) const { return find(raw_key) != nullptr; }
  // Replaces the last member of that name, or adds one.
  void set(std::string_view raw_key, std::string raw_value);

  // With the braces.
  void append_to(std::string& out) const;

 private:
  struct Member {
    std::string raw_key;
    std::string raw_value;
  };
  [[nodiscard]] const Member* find(std::string_view raw_key) const;

  std::vector<Member> members_;
};

// Whether the object has no members but these, and such as are null and say nothing.
[[nodiscard]] bool says_only(JsonValue object, std::initializer_list<std::string_view> known);

}  // namespace balancer::gateway

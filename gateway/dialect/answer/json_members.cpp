#include "gateway/dialect/answer/json_members.hpp"

#include <algorithm>
#include <utility>

namespace balancer::gateway {

bool JsonMembers::can_hold(JsonValue value, std::size_t spare) {
  if (!value.is_object()) return false;
  std::size_t count = 0;
  for (const JsonField field : value.fields()) {
    if (++count > kMaxMembers - spare || field.raw_key.find('\\') != std::string_view::npos) return false;
  }
  return true;
}

JsonMembers::JsonMembers(JsonValue object) {
  if (!object.is_object()) return;
  for (const JsonField field : object.fields()) {
    members_.push_back({std::string(field.raw_key), std::string(field.value.raw())});
  }
}

const JsonMembers::Member* JsonMembers::find(std::string_view raw_key) const {
  const auto found = std::find_if(members_.rbegin(), members_.rend(),
                                  [&](const Member& member) { return member.raw_key == raw_key; });
  return found == members_.rend() ? nullptr : &*found;
}

std::string_view JsonMembers::raw(std::string_view raw_key) const {
  const Member* const member = find(raw_key);
  return member == nullptr ? std::string_view() : std::string_view(member->raw_value);
}

void JsonMembers::set(std::string_view raw_key, std::string raw_value) {
  if (const Member* const member = find(raw_key)) {
    members_[static_cast<std::size_t>(member - members_.data())].raw_value = std::move(raw_value);
  } else {
    members_.push_back({std::string(raw_key), std::move(raw_value)});
  }
}

void JsonMembers::append_to(std::string& out) const {
  out += '{';
  for (const Member& member : members_) {
    if (&member != &members_.front()) out += ',';
    out += '"';
    out += member.raw_key;
    out += "\":";
    out += member.raw_value;
  }
  out += '}';
}

bool says_only(JsonValue object, std::initializer_list<std::string_view> known) {
  for (const JsonField field : object.fields()) {
    if (std::find(known.begin(), known.end(), field.raw_key) == known.end() && !field.value.is_null()) return false;
  }
  return true;
}

}  // namespace balancer::gateway

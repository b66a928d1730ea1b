#include "gateway/dialect/signature/canonical_json.hpp"

#include <algorithm>
#include <utility>

namespace balancer::gateway {
namespace {

// Tools stand in "tools", and in messages that add some later.
constexpr std::string_view kToolSchema = "input_schema";
// Of all the objects open at one place in an ordinary body.
constexpr std::size_t kUsualMembers = 64;
// An object that has more keeps its order: no client writes one, and sorting millions takes seconds.
constexpr std::size_t kMaxSorted = 1024;

bool before(const JsonField& left, const JsonField& right) {
  // Most keys of one object differ in their first letter.
  if (const auto first = left.raw_key.data()[0], other = right.raw_key.data()[0]; first != other) {
    return static_cast<unsigned char>(first) < static_cast<unsigned char>(other);
  }
  const int order = left.raw_key.compare(right.raw_key);
  // Keys are views of one text: duplicates stay in order.
  return order != 0 ? order < 0 : left.raw_key.data() < right.raw_key.data();
}

}  // namespace

CanonicalJson::CanonicalJson(SignatureBuilder& builder) : builder_(builder) { members_.reserve(kUsualMembers); }

void CanonicalJson::add(JsonValue value, std::string_view schema_name) {
  switch (value.kind()) {
    case JsonKind::kObject:
      return add_object(value, [&](const JsonField& member) {
        add_key(member);
        const bool is_schema = says(member.raw_key, kToolSchema) ||
                               (!schema_name.empty() && says(member.raw_key, schema_name));
        is_schema ? add_in_order(member.value) : add(member.value, schema_name);
      });
    case JsonKind::kArray:
      return add_array(value, [&](JsonValue element) { add(element, schema_name); });
    default:
      return put(value.raw());
  }
}

void CanonicalJson::add_in_order(JsonValue value) {
  switch (value.kind()) {
    case JsonKind::kObject: {
      const std::string_view text = value.raw();
      put(text.substr(0, 1));
      at_first_member_ = true;
      for (const JsonField member : value.fields()) {
        add_key(member);
        add_in_order(member.value);
      }
      at_first_member_ = false;
      return put(text.substr(text.size() - 1));
    }
    case JsonKind::kArray:
      return add_array(value, [&](JsonValue element) { add_in_order(element); });
    default:
      return put(value.raw());
  }
}

template <class AddElement>
void CanonicalJson::add_array(JsonValue array, AddElement&& add_element) {
  const std::string_view text = array.raw();
  put(text.substr(0, 1));
  bool first = true;
  for (const JsonValue element : array.elements()) {
    if (!std::exchange(first, false)) put_comma_before(element.raw().data());
    add_element(element);
  }
  put(text.substr(text.size() - 1));
}

void CanonicalJson::add_key(const JsonField& member) {
  const char* const quote = member.raw_key.data() - 1;
  if (!std::exchange(at_first_member_, false)) put_comma_before(quote);
  const std::string_view quoted(quote, member.raw_key.size() + 2);
  const char* const behind = quoted.data() + quoted.size();
  put(quoted);
  put(*behind == ':' ? std::string_view(behind, 1) : std::string_view(":"));
}

void CanonicalJson::put_comma_before(const char* next) {
  // Something opens before every member and element.
  put(next[-1] == ',' ? std::string_view(next - 1, 1) : std::string_view(","));
}

void CanonicalJson::finish() { builder_.add_piece(std::exchange(side_by_side_, {})); }

void CanonicalJson::push_members(JsonValue object) {
  const std::size_t begin = members_.size();
  bool escaped = false;
  for (const JsonField member : object.fields()) {
    escaped = escaped || member.raw_key.find('\\') != std::string_view::npos;
    members_.push_back(member);
  }
  // Of a key in two spellings the last counts: they must not change places.
  if (escaped || members_.size() - begin > kMaxSorted) return;
  std::sort(members_.begin() + static_cast<std::ptrdiff_t>(begin), members_.end(), before);
}

}  // namespace balancer::gateway

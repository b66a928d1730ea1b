#include "gateway/dialect/signature/canonical_json.hpp"

#include <algorithm>

namespace balancer::gateway {
namespace {

// Tools stand in "tools", and in messages that add some later.
constexpr std::string_view kToolSchema = "input_schema";
// Of all the objects open at one place in an ordinary body.
constexpr std::size_t kUsualMembers = 64;
// An object that has more keeps its order: no client writes one, and sorting millions takes seconds.
constexpr std::size_t kMaxSorted = 1024;

bool before(const JsonField& left, const JsonField& right) {
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
      builder_.add("[");
      for (const JsonValue element : value.elements()) add(element, schema_name);
      return builder_.add("]");
    default:
      return builder_.add(value.raw());
  }
}

void CanonicalJson::add_in_order(JsonValue value) {
  switch (value.kind()) {
    case JsonKind::kObject:
      builder_.add("{");
      for (const JsonField member : value.fields()) {
        add_key(member);
        add_in_order(member.value);
      }
      return builder_.add("}");
    case JsonKind::kArray:
      builder_.add("[");
      for (const JsonValue element : value.elements()) add_in_order(element);
      return builder_.add("]");
    default:
      return builder_.add(value.raw());
  }
}

void CanonicalJson::add_key(const JsonField& member) {
  // With its quotes: no key looks like a bracket.
  builder_.add({member.raw_key.data() - 1, member.raw_key.size() + 2});
}

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

// Hashes JSON so that two spellings of one value agree and no two values do.
#pragma once

#include <string_view>
#include <vector>

#include "common/signature/signature_builder.hpp"
#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

// Every token becomes a part: numbers and strings as they are spelt, brackets around members and elements. White space
// does not count, nor does the order of an object's members, but for schemas: models see their properties in order. In
// an object of over a thousand members, and in one with escapes in its keys, the order counts too.
class CanonicalJson {
 public:
  // `builder` outlives this.
  explicit CanonicalJson(SignatureBuilder& builder);

  // Schemas are what members named "input_schema" hold, and within `value` those named `schema_name` too.
  void add(JsonValue value, std::string_view schema_name = {});

  // Adds an object. `add_member` is called with each member, in one order for all spellings, and adds those that count:
  // the key by add_key(), then something that stands for the value.
  template <class AddMember>
  void add_object(JsonValue object, AddMember&& add_member);
  void add_key(const JsonField& member);

 private:
  void add_in_order(JsonValue value);
  // Puts the object's members behind those in members_, in that order.
  void push_members(JsonValue object);

  SignatureBuilder& builder_;
  // Of the objects that are being added; a stack.
  std::vector<JsonField> members_;
};

template <class AddMember>
void CanonicalJson::add_object(JsonValue object, AddMember&& add_member) {
  const std::size_t begin = members_.size();
  push_members(object);
  const std::size_t end = members_.size();
  builder_.add("{");
  for (std::size_t i = begin; i < end; ++i) {
    // A copy: the stack may move while the value is added.
    const JsonField member = members_[i];
    add_member(member);
  }
  builder_.add("}");
  members_.resize(begin);
}

}  // namespace balancer::gateway

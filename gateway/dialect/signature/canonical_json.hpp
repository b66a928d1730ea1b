// Hashes JSON so that two spellings of one value agree and no two values do.
#pragma once

#include <string_view>
#include <vector>

#include "common/signature/signature_builder.hpp"
#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

// What is hashed is JSON again: numbers and strings as they are spelt, no white space, and the members of an object in
// one order for all spellings, but for schemas: models see their properties in order. In an object of over a thousand
// members, and in one with escapes in its keys, the order counts too.
//
// Tokens that stand side by side both in the text and in what is hashed are hashed together.
class CanonicalJson {
 public:
  // `builder` outlives this. The texts of all values outlive finish().
  explicit CanonicalJson(SignatureBuilder& builder);

  // Schemas are what members named "input_schema" hold, and within `value` those named `schema_name` too.
  void add(JsonValue value, std::string_view schema_name = {});

  // Adds an object. `add_member` is called with each member, in one order for all spellings, and adds those that count:
  // the key by add_key(), then the value or something that stands for it.
  template <class AddMember>
  void add_object(JsonValue object, AddMember&& add_member);
  void add_key(const JsonField& member);
  // `token`: is no JSON, and lives as long as the program.
  void add_placeholder(std::string_view token) { put(token); }
  // One value has been added whole.
  void finish();

 private:
  void add_in_order(JsonValue value);
  template <class AddElement>
  void add_array(JsonValue array, AddElement&& add_element);
  // A comma, if it can be the one that stands before `next` in the text.
  void put_comma_before(const char* next);
  void put(std::string_view token);
  // Puts the object's members behind those in members_, in that order.
  void push_members(JsonValue object);

  SignatureBuilder& builder_;
  // Of the objects that are being added; a stack.
  std::vector<JsonField> members_;
  // The next key is the first of its object.
  bool at_first_member_ = false;
  // What has been put and not yet been hashed.
  std::string_view side_by_side_;
};

template <class AddMember>
void CanonicalJson::add_object(JsonValue object, AddMember&& add_member) {
  const std::size_t begin = members_.size();
  push_members(object);
  const std::size_t end = members_.size();
  const std::string_view text = object.raw();
  put(text.substr(0, 1));
  at_first_member_ = true;
  for (std::size_t i = begin; i < end; ++i) {
    // A copy: the stack may move while the value is added.
    const JsonField member = members_[i];
    add_member(member);
  }
  at_first_member_ = false;
  put(text.substr(text.size() - 1));
  members_.resize(begin);
}

inline void CanonicalJson::put(std::string_view token) {
  if (token.data() == side_by_side_.data() + side_by_side_.size()) {
    side_by_side_ = {side_by_side_.data(), side_by_side_.size() + token.size()};
  } else {
    builder_.add_piece(side_by_side_);
    side_by_side_ = token;
  }
}

}  // namespace balancer::gateway

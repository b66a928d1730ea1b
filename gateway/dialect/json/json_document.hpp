// A JSON text that has been checked completely and can be walked in any order, without a tree: values are views of
// the text's marks, and a container knows where it ends. Numbers and strings stay text, so that copies are exact.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/error/error.hpp"
#include "gateway/dialect/json/json_marks.hpp"
#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {

class JsonDocument;
struct JsonField;
template <class Item>
class JsonRange;

enum class JsonKind { kAbsent, kObject, kArray, kString, kNumber, kBoolean, kNull };

// A view: valid as long as its document holds the text that it was read from. A default one is absent; asking an
// absent value, or one of another kind, yields nothing rather than failing.
class JsonValue {
 public:
  JsonValue() = default;

  explicit operator bool() const { return document_ != nullptr; }
  [[nodiscard]] JsonKind kind() const;
  [[nodiscard]] bool is_object() const { return kind() == JsonKind::kObject; }
  [[nodiscard]] bool is_array() const { return kind() == JsonKind::kArray; }
  [[nodiscard]] bool is_string() const { return kind() == JsonKind::kString; }
  [[nodiscard]] bool is_null() const { return kind() == JsonKind::kNull; }
  [[nodiscard]] bool is_true() const { return raw() == "true"; }
  // Absent or null.
  [[nodiscard]] bool is_nothing() const { return document_ == nullptr || is_null(); }

  // The whole value as it stands, without surrounding white space.
  [[nodiscard]] std::string_view raw() const;
  // What stands between a string's quotes (see json_text.hpp); empty for other kinds.
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] std::string decoded_text() const;
  // Whether it is a string that says `text`, which is ASCII and needs no escapes.
  [[nodiscard]] bool says(std::string_view text) const;
  // A number's whole part, within the range of the type; nothing for other kinds.
  [[nodiscard]] std::optional<std::int64_t> whole_number() const;
  [[nodiscard]] bool empty() const;
  // Whether the value or any below it is a string that begins with these four bytes, as they stand; keys count too.
  [[nodiscard]] bool has_string_with_prefix(std::string_view four_bytes) const;

  // The last member of that name (ASCII, without escapes): duplicates are the last one's (protocol.md 1.5).
  [[nodiscard]] JsonValue operator[](std::string_view key) const;

  [[nodiscard]] JsonRange<JsonField> fields() const;
  [[nodiscard]] JsonRange<JsonValue> elements() const;

 private:
  friend class JsonDocument;
  template <class Item>
  friend class JsonRange;
  JsonValue(const JsonDocument* document, std::uint32_t mark) : document_(document), mark_(mark) {}
  [[nodiscard]] std::uint32_t mark_behind() const;
  [[nodiscard]] char first_byte() const;

  const JsonDocument* document_ = nullptr;
  std::uint32_t mark_ = 0;
};

struct JsonField {
  // Between its quotes.
  std::string_view raw_key;
  JsonValue value;
};

class JsonDocument {
 public:
  static constexpr std::size_t kMaxDepth = 200;

  // `text` is followed by at least 64 readable bytes and outlives the values. A byte order mark is skipped. Fails,
  // with a message that tells clients what is wrong, on all that is not RFC 8259; numbers may be of any size.
  [[nodiscard]] Result<JsonValue> read(std::string_view text);
  // The same from a padded copy that the document keeps.
  [[nodiscard]] Result<JsonValue> read_copy(std::string_view text);

  // read() in two steps, for those who think otherwise of what fails. First the marks, as of JsonMarks;
  [[nodiscard]] JsonMarksProblem find_marks(std::string_view text);
  // then everything but the escapes in strings: absent when there is more wrong.
  [[nodiscard]] JsonValue check_marked();
  // Both, of a padded copy that the document keeps: absent when anything is wrong.
  [[nodiscard]] JsonValue mark_copy(std::string_view text);
  [[nodiscard]] std::span<const std::uint32_t> marks() const { return marks_; }

  // Gives the memory of an unusually large text back, which ends the validity of all values: true when it did.
  bool release_if_large();

  // Some string of the text holds a surrogate escape without its partner.
  [[nodiscard]] bool has_lone_surrogates() const { return has_lone_surrogates_; }

 private:
  friend class JsonValue;
  template <class Item>
  friend class JsonRange;
  [[nodiscard]] std::string_view padded_copy(std::string_view text);
  [[nodiscard]] bool check_structure();
  [[nodiscard]] bool check_scalar(std::uint32_t mark);
  [[nodiscard]] std::string_view token_at(std::uint32_t mark) const;

  JsonMarks finder_;
  std::string_view text_;
  std::span<const std::uint32_t> marks_;
  // For the mark of an opening bracket: the mark of its closing one.
  std::vector<std::uint32_t> closing_;
  std::vector<char> copy_;
  bool too_deep_ = false;
  bool has_lone_surrogates_ = false;
};

// The members of an object (Item: JsonField) or the elements of an array (Item: JsonValue), for range-for.
template <class Item>
class JsonRange {
 public:
  class Iterator {
   public:
    [[nodiscard]] Item operator*() const;
    Iterator& operator++();
    [[nodiscard]] bool operator!=(const Iterator& other) const { return mark_ != other.mark_; }
    // Of a field. False: its key does not begin with that character, however it is spelt.
    [[nodiscard]] bool may_say(char first) const;

   private:
    friend class JsonRange;
    Iterator(const JsonDocument* document, std::uint32_t mark) : document_(document), mark_(mark) {}
    [[nodiscard]] JsonValue value() const { return {document_, mark_ + kMarksBeforeValue}; }
    const JsonDocument* document_;
    std::uint32_t mark_;
  };
  [[nodiscard]] Iterator begin() const { return {document_, begin_}; }
  [[nodiscard]] Iterator end() const { return {document_, end_}; }

 private:
  friend class JsonValue;
  static constexpr bool kKeyed = std::is_same_v<Item, JsonField>;
  // Those of its key and the colon.
  static constexpr std::uint32_t kMarksBeforeValue = kKeyed ? 2 : 0;
  JsonRange(const JsonDocument* document, std::uint32_t begin, std::uint32_t end)
      : document_(document), begin_(begin), end_(end) {}
  const JsonDocument* document_;
  std::uint32_t begin_;
  std::uint32_t end_;
};

// Every value of every request and chunk passes through these: in the header, so that they cost what they do.

inline char JsonValue::first_byte() const { return document_->text_[document_->marks_[mark_]]; }

inline JsonKind JsonValue::kind() const {
  if (document_ == nullptr) return JsonKind::kAbsent;
  switch (first_byte()) {
    case '{': return JsonKind::kObject;
    case '[': return JsonKind::kArray;
    case '"': return JsonKind::kString;
    case 't': case 'f': return JsonKind::kBoolean;
    case 'n': return JsonKind::kNull;
    default: return JsonKind::kNumber;
  }
}

inline std::string_view JsonDocument::token_at(std::uint32_t mark) const {
  const std::size_t begin = marks_[mark];
  std::size_t end = mark + 1 < marks_.size() ? marks_[mark + 1] : text_.size();
  while (end > begin && is_json_space(text_[end - 1])) --end;
  return text_.substr(begin, end - begin);
}

inline std::string_view JsonValue::raw() const {
  if (document_ == nullptr) return {};
  if (!is_object() && !is_array()) return document_->token_at(mark_);
  const std::size_t begin = document_->marks_[mark_];
  return document_->text_.substr(begin, document_->marks_[document_->closing_[mark_]] + 1 - begin);
}

inline std::string_view JsonValue::text() const {
  if (!is_string()) return {};
  const std::string_view token = document_->token_at(mark_);
  return token.substr(1, token.size() - 2);
}

inline std::uint32_t JsonValue::mark_behind() const {
  return (is_object() || is_array() ? document_->closing_[mark_] : mark_) + 1;
}

inline JsonRange<JsonField> JsonValue::fields() const {
  if (!is_object()) return {document_, 0, 0};
  return {document_, mark_ + 1, document_->closing_[mark_]};
}

inline JsonRange<JsonValue> JsonValue::elements() const {
  if (!is_array()) return {document_, 0, 0};
  return {document_, mark_ + 1, document_->closing_[mark_]};
}

template <class Item>
Item JsonRange<Item>::Iterator::operator*() const {
  if constexpr (kKeyed) {
    return {JsonValue(document_, mark_).text(), value()};
  } else {
    return value();
  }
}

template <class Item>
typename JsonRange<Item>::Iterator& JsonRange<Item>::Iterator::operator++() {
  mark_ = value().mark_behind();
  if (document_->text_[document_->marks_[mark_]] == ',') ++mark_;
  return *this;
}

template <class Item>
bool JsonRange<Item>::Iterator::may_say(char first) const {
  static_assert(kKeyed);
  const char c = document_->text_[document_->marks_[mark_] + 1];
  return c == first || c == '\\';
}

inline bool JsonValue::says(std::string_view text) const { return is_string() && gateway::says(this->text(), text); }

inline JsonValue JsonValue::operator[](std::string_view key) const {
  JsonValue found;
  const JsonRange<JsonField> members = fields();
  for (auto field = members.begin(); field != members.end(); ++field) {
    // Most keys differ in their first character.
    if (field.may_say(key.front()) && gateway::says((*field).raw_key, key)) found = (*field).value;
  }
  return found;
}

}  // namespace balancer::gateway

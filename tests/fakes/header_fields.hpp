// Header lines as they travelled: order, spelling and repetitions kept.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace balancer::fakes {

class HeaderFields {
 public:
  using Field = std::pair<std::string, std::string>;
  // What makes it a container, for range-for and for gmock.
  using value_type = Field;
  using const_iterator = std::vector<Field>::const_iterator;

  HeaderFields() = default;
  HeaderFields(std::initializer_list<Field> fields) : fields_(fields) {}

  void append(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }

  // Names are compared without regard to case, as HTTP does. value() is the first line's.
  [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const { return value(name).has_value(); }

  [[nodiscard]] const_iterator begin() const { return fields_.begin(); }
  [[nodiscard]] const_iterator end() const { return fields_.end(); }
  [[nodiscard]] std::size_t size() const { return fields_.size(); }

 private:
  std::vector<Field> fields_;
};

}  // namespace balancer::fakes

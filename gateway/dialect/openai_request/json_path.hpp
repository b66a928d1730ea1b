// Where in a request something stands, e.g. "messages.3.content.0": written out only when an error names it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace balancer::gateway {

// Refers to its parent and to the name, which outlive it.
class JsonPath {
 public:
  explicit JsonPath(std::string_view name) : name_(name) {}
  JsonPath(const JsonPath& parent, std::string_view name) : parent_(&parent), name_(name) {}
  JsonPath(const JsonPath& parent, std::size_t index) : parent_(&parent), index_(index) {}

  [[nodiscard]] std::string text() const {
    const std::string own = name_.empty() ? std::to_string(index_) : std::string(name_);
    return parent_ == nullptr ? own : parent_->text() + "." + own;
  }

 private:
  const JsonPath* parent_ = nullptr;
  // Empty for an index.
  std::string_view name_;
  std::size_t index_ = 0;
};

[[nodiscard]] inline std::string operator+(const JsonPath& path, std::string_view rest) {
  return path.text() + std::string(rest);
}

}  // namespace balancer::gateway

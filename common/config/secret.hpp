// A credential. It has no formatter, no stream operator and no conversion to text, so that it cannot reach a
// log, a metric, an error or a page by accident: whoever sends it must say reveal().
#pragma once

#include <string>
#include <utility>

namespace balancer {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  // The credential itself. Valid as long as the Secret lives unchanged.
  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string value_;
};

}  // namespace balancer

// Follows a JSON text that comes in pieces: whether its one value is complete. Looks only at brackets and strings.
#pragma once

#include <cstddef>
#include <string_view>

namespace balancer::gateway {

class JsonBalance {
 public:
  void feed(std::string_view piece);

  // Nothing but white space so far.
  [[nodiscard]] bool blank() const { return !begun_; }
  // An object, array or string has begun and ended.
  [[nodiscard]] bool complete() const { return complete_; }
  // Offset in the last piece behind the byte that completed the value.
  [[nodiscard]] std::size_t completed_at() const { return completed_at_; }

 private:
  std::size_t depth_ = 0;
  std::size_t completed_at_ = 0;
  bool begun_ = false;
  bool in_string_ = false;
  bool escaped_ = false;
  bool complete_ = false;
};

}  // namespace balancer::gateway

#include "gateway/dialect/json/json_balance.hpp"

namespace balancer::gateway {

void JsonBalance::feed(std::string_view piece) {
  for (std::size_t i = 0; i < piece.size() && !complete_; ++i) {
    const char c = piece[i];
    if (in_string_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
        complete_ = depth_ == 0;
      }
    } else {
      switch (c) {
        case ' ': case '\t': case '\n': case '\r': continue;
        case '"': in_string_ = true; break;
        case '{': case '[': ++depth_; break;
        case '}': case ']':
          if (depth_ > 0) complete_ = --depth_ == 0;
          break;
        default: break;
      }
      begun_ = true;
    }
    if (complete_) completed_at_ = i + 1;
  }
}

}  // namespace balancer::gateway

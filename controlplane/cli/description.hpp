// What is known of one thing, a line each.
#pragma once

#include <string>
#include <string_view>

namespace balancer::controlplane::cli {

class Description {
 public:
  // An empty value is shown as "-"; control characters are not shown.
  void add(std::string_view label, std::string_view value);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace balancer::controlplane::cli

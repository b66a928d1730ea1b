// Finds where the head of an HTTP/1.x answer ends, before anything is parsed.
#pragma once

#include <cstddef>
#include <string_view>

namespace balancer {

enum class HeadScan {
  kIncomplete,
  kComplete,
  // Cannot become an acceptable head: does not begin with "HTTP/1.", has a bare line feed, or a folded header line
  // (RFC 9112 5.2), which Beast 1.81 would accept.
  kMalformed,
};

// Looks at each byte once, however the head is cut into reads.
class HeadScanner {
 public:
  // `bytes` starts at the head's first byte; each call repeats the bytes of the one before and adds more.
  [[nodiscard]] HeadScan scan(std::string_view bytes);

  // The blank line included. Valid after kComplete.
  [[nodiscard]] std::size_t head_size() const { return line_start_; }

 private:
  std::size_t line_start_ = 0;
  std::size_t scanned_ = 0;
};

}  // namespace balancer

// Status line and header fields of one answer, kept as the bytes that will be sent.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace balancer::http {

class ResponseHead {
 public:
  explicit ResponseHead(int status) : status_(status) {}

  // Header fields go out in the order of the calls. A value with CR, LF or NUL in it is cut there: nothing that a
  // provider or a client sent can start a line of its own. Framing fields (Content-Length, Transfer-Encoding,
  // Connection, Date) are the server's business and must not be added.
  void add(std::string_view name, std::string_view value);

  // The value of the first field of that name, as it was added (lower case by custom); empty for none. Valid until the
  // next add().
  [[nodiscard]] std::string_view find(std::string_view name) const;

  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] const std::string& field_lines() const { return field_lines_; }

 private:
  // Reserved by the first add(), so that most heads are written without growing.
  static constexpr std::size_t kUsualSize = 1000;

  int status_;
  std::string field_lines_;
};

// "HTTP/1.1 529 Overloaded\r\n".
[[nodiscard]] std::string status_line(int status);

}  // namespace balancer::http

#include "common/http/response_head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>

namespace balancer::http {

void ResponseHead::add(std::string_view name, std::string_view value) {
  const auto ends_line = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  value = {value.begin(), std::find_if(value.begin(), value.end(), ends_line)};
  if (field_lines_.empty()) field_lines_.reserve(kUsualSize);
  field_lines_ += name;
  field_lines_ += ": ";
  field_lines_ += value;
  field_lines_ += "\r\n";
}

std::string_view ResponseHead::find(std::string_view name) const {
  std::string_view rest = field_lines_;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    if (line.size() > name.size() && line[name.size()] == ':' && line.starts_with(name)) {
      return line.substr(name.size() + 2);
    }
    rest.remove_prefix(line.size() + 2);
  }
  return {};
}

std::string status_line(int status) {
  if (status == 200) return "HTTP/1.1 200 OK\r\n";
  if (status == 529) return "HTTP/1.1 529 Overloaded\r\n";
  const auto known = boost::beast::http::int_to_status(static_cast<unsigned>(status));
  const auto reason = boost::beast::http::obsolete_reason(known);
  return fmt::format("HTTP/1.1 {} {}\r\n", status, std::string_view(reason.data(), reason.size()));
}

}  // namespace balancer::http

#include "tests/bench/numbered_request.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace balancer::bench {
namespace {

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Where the digits of a request's number stand.
std::size_t find_number(std::string_view request) {
  constexpr std::string_view kLabel = "request-";
  const std::size_t at = request.find(kLabel);
  if (at == std::string_view::npos) throw std::runtime_error("the body has no number");
  return at + kLabel.size();
}

}  // namespace

NumberedRequest::NumberedRequest(const std::string& address, const std::string& body_file) {
  const std::string body = read_file(body_file);
  text_ = "POST /v1/messages HTTP/1.1\r\nhost: " + address +
          "\r\nx-api-key: bench\r\nanthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n"
          "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  number_at_ = find_number(text_);
}

std::string NumberedRequest::with_number(std::uint64_t number) const {
  // The digits at the end are the last ones; there are more than are ever needed.
  constexpr std::size_t kDigits = 16;
  const std::string digits = std::to_string(number);
  std::string request = text_;
  return request.replace(number_at_ + kDigits - digits.size(), digits.size(), digits);
}

}  // namespace balancer::bench

// The request that a load client sends over and over: the same bytes but for a number, so that no two ask the same.
#pragma once

#include <cstdint>
#include <string>

namespace balancer::bench {

class NumberedRequest {
 public:
  // POST /v1/messages to HOST:PORT with the body in the file (claude_code_body.py). Throws std::runtime_error if there
  // is none, or none with a number.
  NumberedRequest(const std::string& address, const std::string& body_file);

  [[nodiscard]] std::string with_number(std::uint64_t number) const;

 private:
  std::string text_;
  std::size_t number_at_;
};

}  // namespace balancer::bench

// A request's head that outlives the connection which it came on.
#pragma once

#include <memory>
#include <string>

#include "common/http/request_head.hpp"

namespace balancer::gateway {

class RequestCopy {
 public:
  RequestCopy(const http::RequestHead& head, std::string request_id);

  [[nodiscard]] const http::RequestHead& head() const { return head_; }
  [[nodiscard]] const std::string& request_id() const { return request_id_; }

 private:
  // What head_'s views are of; stays where it is when the copy is moved.
  std::unique_ptr<char[]> text_;
  http::RequestHead head_;
  std::string request_id_;
};

}  // namespace balancer::gateway

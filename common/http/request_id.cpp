#include "common/http/request_id.hpp"

#include "common/text/random_id.hpp"

namespace balancer::http {

std::string make_request_id() { return make_random_id("req_"); }

}  // namespace balancer::http

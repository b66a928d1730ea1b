// The Date header field's value (RFC 9110 section 5.6.7), made once a second for each thread.
#pragma once

#include <string_view>

namespace balancer::http {

// Valid until the thread's next call.
[[nodiscard]] std::string_view current_http_date();

}  // namespace balancer::http

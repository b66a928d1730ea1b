// HTTP statuses as label values, from a closed set whatever others send.
#pragma once

#include <string_view>

namespace balancer::metrics {

// "200", "529"; "4xx" and the like for a status that nobody expects, "other" for what is none.
[[nodiscard]] std::string_view status_label(int status);

}  // namespace balancer::metrics

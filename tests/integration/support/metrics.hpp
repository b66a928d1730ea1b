// Reading a program's /metrics, for tests that promise a count.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace balancer::integration {

using Labels = std::map<std::string, std::string>;

// The sum of all samples with this name and at least these labels in a text in Prometheus' format; nothing when
// there is no such sample.
[[nodiscard]] std::optional<double> metric_value(std::string_view text, std::string_view name,
                                                 const Labels& labels = {});

}  // namespace balancer::integration

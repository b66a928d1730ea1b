// Columns for a terminal: aligned, two spaces apart, no lines.
#pragma once

#include <string>
#include <vector>

namespace balancer::controlplane::cli {

// Every row has as many cells as there are headings. An empty cell is shown as "-", so that columns can be cut out;
// control characters are not shown.
[[nodiscard]] std::string format_table(const std::vector<std::string>& headings,
                                       const std::vector<std::vector<std::string>>& rows);

}  // namespace balancer::controlplane::cli

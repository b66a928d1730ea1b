// Columns for a terminal: aligned, two spaces apart, no lines.
#pragma once

#include <string>
#include <vector>

#include "controlplane/cli/terminal.hpp"

namespace balancer::controlplane::cli {

// Every row has as many cells as there are headings. An empty cell is shown as "-", so that columns can be cut out;
// control characters are not shown. Columns called STATUS, STATE, VERDICT or OUTCOME are coloured.
[[nodiscard]] std::string format_table(const std::vector<std::string>& headings,
                                       const std::vector<std::vector<std::string>>& rows,
                                       Coloring coloring = coloring_of_stdout());

}  // namespace balancer::controlplane::cli

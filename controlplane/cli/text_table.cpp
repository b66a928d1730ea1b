#include "controlplane/cli/text_table.hpp"

#include <algorithm>

#include "controlplane/cli/printable_text.hpp"

namespace balancer::controlplane::cli {
namespace {

using Row = std::vector<std::string>;

Row shown(const Row& row) {
  Row cells;
  for (const std::string& cell : row) cells.push_back(cell.empty() ? "-" : printable(cell));
  return cells;
}

bool tells_state(const std::string& heading) {
  return heading == "STATUS" || heading == "STATE" || heading == "VERDICT" || heading == "OUTCOME";
}

// Printable text takes a column a code point.
std::size_t width_of(const std::string& cell) {
  return static_cast<std::size_t>(std::count_if(cell.begin(), cell.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string format_table(const Row& headings, const std::vector<Row>& rows, Coloring coloring) {
  std::vector<Row> lines{headings};
  for (const Row& row : rows) lines.push_back(shown(row));
  std::vector<std::size_t> widths(headings.size());
  for (const Row& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  }
  std::string text;
  for (const Row& line : lines) {
    const bool heading = &line == &lines.front();
    for (std::size_t i = 0; i < line.size(); ++i) {
      text += !heading && tells_state(headings[i]) ? colored_state(line[i], coloring) : line[i];
      if (i + 1 < line.size()) text.append(widths[i] - width_of(line[i]) + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

}  // namespace balancer::controlplane::cli

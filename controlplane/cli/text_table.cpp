#include "controlplane/cli/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "controlplane/cli/printable_text.hpp"

namespace balancer::controlplane::cli {
namespace {

using Row = std::vector<std::string>;

Row shown(const Row& row) {
  Row cells;
  for (const std::string& cell : row) cells.push_back(cell.empty() ? "-" : printable(cell));
  return cells;
}

void append_row(std::string& text, const Row& row, const std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i + 1 < row.size(); ++i) {
    fmt::format_to(std::back_inserter(text), "{:<{}}  ", row[i], widths[i]);
  }
  text += row.back();
  text += '\n';
}

}  // namespace

std::string format_table(const Row& headings, const std::vector<Row>& rows) {
  std::vector<Row> lines{headings};
  for (const Row& row : rows) lines.push_back(shown(row));
  std::vector<std::size_t> widths(headings.size());
  for (const Row& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const Row& line : lines) append_row(text, line, widths);
  return text;
}

}  // namespace balancer::controlplane::cli

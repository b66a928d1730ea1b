#include "controlplane/cli/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace balancer::controlplane::cli {
namespace {

using Row = std::vector<std::string>;

std::string_view shown(const std::string& cell) { return cell.empty() ? std::string_view("-") : cell; }

void append_row(std::string& text, const Row& row, const std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i + 1 < row.size(); ++i) {
    fmt::format_to(std::back_inserter(text), "{:<{}}  ", shown(row[i]), widths[i]);
  }
  text += shown(row.back());
  text += '\n';
}

}  // namespace

std::string format_table(const Row& headings, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < headings.size(); ++i) {
    std::size_t width = headings[i].size();
    for (const Row& row : rows) width = std::max(width, shown(row[i]).size());
    widths.push_back(width);
  }
  std::string text;
  append_row(text, headings, widths);
  for (const Row& row : rows) append_row(text, row, widths);
  return text;
}

}  // namespace balancer::controlplane::cli

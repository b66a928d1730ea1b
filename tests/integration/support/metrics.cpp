#include "tests/integration/support/metrics.hpp"

#include <cstdlib>

namespace balancer::integration {
namespace {

// Label values in tests hold neither quotes nor backslashes, so that a plain search is exact.
bool has_labels(std::string_view sample_labels, const Labels& wanted) {
  for (const auto& [name, value] : wanted) {
    const std::string pair = name + "=\"" + value + '"';
    const std::size_t at = sample_labels.find(pair);
    if (at == std::string_view::npos) return false;
    if (at > 0 && sample_labels[at - 1] != ',' && sample_labels[at - 1] != '{') return false;
  }
  return true;
}

}  // namespace

std::optional<double> metric_value(std::string_view text, std::string_view name, const Labels& labels) {
  std::optional<double> sum;
  while (!text.empty()) {
    const std::size_t line_end = text.find('\n');
    const std::string_view line = text.substr(0, line_end);
    text.remove_prefix(line_end == std::string_view::npos ? text.size() : line_end + 1);
    if (!line.starts_with(name)) continue;

    const std::size_t labels_end = line.rfind('}');
    const std::size_t name_end = line.find_first_of("{ ");
    if (name_end != name.size()) continue;
    const bool labelled = line[name_end] == '{' && labels_end != std::string_view::npos;
    const std::string_view sample_labels = labelled ? line.substr(name_end, labels_end - name_end + 1) : "";
    if (!has_labels(sample_labels, labels)) continue;
    const std::string value(line.substr(labelled ? labels_end + 1 : name_end));
    sum = sum.value_or(0) + std::strtod(value.c_str(), nullptr);
  }
  return sum;
}

}  // namespace balancer::integration

#include "controlplane/cli/description.hpp"

#include <fmt/format.h>

#include <iterator>

#include "controlplane/cli/printable_text.hpp"

namespace balancer::controlplane::cli {

void Description::add(std::string_view label, std::string_view value) {
  fmt::format_to(std::back_inserter(text_), "{:<11} {}\n", label, value.empty() ? "-" : printable(value));
}

}  // namespace balancer::controlplane::cli

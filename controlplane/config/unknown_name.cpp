#include "controlplane/config/unknown_name.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/config/nearest_word.hpp"
#include "common/config/quoted_text.hpp"

namespace balancer::controlplane {
namespace {

// As many names as are still read.
constexpr std::size_t kMaxListed = 10;

std::string listed(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names.first(std::min(names.size(), kMaxListed))) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return names.size() > kMaxListed ? text + ", ..." : text;
}

}  // namespace

std::string unknown_name(std::string_view kind, std::string_view name, std::span<const std::string> configured) {
  std::string text = fmt::format("no {} is named {}", kind, in_quotes(name));
  if (configured.empty()) return text + "; none is configured";
  if (const std::string_view nearest = nearest_word(name, configured); !nearest.empty()) {
    return text + fmt::format("; did you mean {}?", nearest);
  }
  return text + fmt::format("; there are: {}", listed(configured));
}

}  // namespace balancer::controlplane

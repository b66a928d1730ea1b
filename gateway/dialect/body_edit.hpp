// The only way in which a body is changed on its way through: byte ranges replaced, everything else left as it came
// (protocol.md 1.9 rule 1).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace balancer::gateway {

// Replaces [begin, end) of a body; an empty replacement removes.
struct BodyEdit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string replacement;
};

// The pieces of `body` with the edits made, in order; empty pieces are left out. Edits do not overlap and are sorted
// by begin. The views point into `body` and into `edits`.
[[nodiscard]] std::vector<std::string_view> apply_edits(std::string_view body, const std::vector<BodyEdit>& edits);

[[nodiscard]] std::size_t total_size(const std::vector<std::string_view>& pieces);

}  // namespace balancer::gateway

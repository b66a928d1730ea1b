#include "gateway/dialect/body_edit.hpp"

namespace balancer::gateway {

std::vector<std::string_view> apply_edits(std::string_view body, const std::vector<BodyEdit>& edits) {
  std::vector<std::string_view> pieces;
  pieces.reserve(edits.size() * 2 + 1);
  const auto add = [&pieces](std::string_view piece) {
    if (!piece.empty()) pieces.push_back(piece);
  };
  std::size_t kept_to = 0;
  for (const BodyEdit& edit : edits) {
    add(body.substr(kept_to, edit.begin - kept_to));
    add(edit.replacement);
    kept_to = edit.end;
  }
  add(body.substr(kept_to));
  return pieces;
}

std::size_t total_size(const std::vector<std::string_view>& pieces) {
  std::size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  return size;
}

}  // namespace balancer::gateway

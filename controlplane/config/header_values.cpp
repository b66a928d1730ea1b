#include "controlplane/config/header_values.hpp"

#include <algorithm>

namespace balancer::controlplane {
namespace {

bool is_header_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F && c != ','; });
}

}  // namespace

std::string read_header_value(YamlMap& map, const YamlKey& key) {
  std::string text = map.text(key);
  if (text.empty() || is_header_token(text)) return text;
  map.find(key)->error("must be visible ASCII characters without blanks and commas");
  return {};
}

std::vector<std::string> read_header_tokens(YamlMap& map, const YamlKey& key) {
  std::vector<std::string> tokens = map.texts(key);
  if (std::all_of(tokens.begin(), tokens.end(), is_header_token)) return tokens;
  map.find(key)->error("must be a list of names of visible ASCII characters without blanks and commas");
  return {};
}

}  // namespace balancer::controlplane

#include "deploy/demo_provider/answer_pieces.hpp"

#include <algorithm>

namespace balancer::demo {
namespace {

// Room for any UTF-8 character.
constexpr std::size_t kArgumentBytes = 8;

}  // namespace

std::string_view first_bytes(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto space = text.find(' ');
    const auto end = std::min(text.find_first_not_of(' ', std::min(space, text.size())), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

std::vector<std::string_view> argument_pieces(std::string_view arguments) {
  std::vector<std::string_view> pieces;
  while (!arguments.empty()) {
    pieces.push_back(first_bytes(arguments, kArgumentBytes));
    arguments.remove_prefix(pieces.back().size());
  }
  return pieces;
}

}  // namespace balancer::demo

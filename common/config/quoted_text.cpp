#include "common/config/quoted_text.hpp"

#include <algorithm>

namespace balancer {
namespace {

constexpr std::size_t kLongest = 60;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

bool is_control_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

std::string in_quotes(std::string_view text) {
  std::string result(text);
  if (result.size() > kLongest) {
    std::size_t end = kLongest;
    while (end > 0 && continues_character(result[end])) --end;
    result.resize(end);
    result += "...";
  }
  std::replace_if(result.begin(), result.end(), is_control_character, '?');
  return '"' + result + '"';
}

}  // namespace balancer

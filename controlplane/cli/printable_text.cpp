#include "controlplane/cli/printable_text.hpp"

#include <fmt/format.h>

#include "common/config/quoted_text.hpp"

namespace balancer::controlplane::cli {
namespace {

// As UTF-8 writes U+0080 to U+009F.
bool begins_c1_control(std::string_view text) {
  return text.size() >= 2 && text[0] == '\xC2' && static_cast<unsigned char>(text[1]) < 0xA0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (begins_c1_control(text.substr(i))) {
      result += '?';
      ++i;
    } else {
      result += is_control_character(text[i]) ? '?' : text[i];
    }
  }
  return result;
}

std::string with_escaped_controls(std::string_view quoted) {
  std::string text;
  text.reserve(quoted.size());
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    const auto byte = static_cast<unsigned char>(quoted[i]);
    const auto next = static_cast<unsigned char>(i + 1 < quoted.size() ? quoted[i + 1] : 0);
    const bool c1 = byte == 0xC2 && next >= 0x80 && next < 0xA0;
    if (byte != 0x7F && !c1) {
      text += quoted[i];
      continue;
    }
    text += fmt::format("\\u{:04x}", c1 ? next : byte);
    if (c1) ++i;
  }
  return text;
}

}  // namespace balancer::controlplane::cli

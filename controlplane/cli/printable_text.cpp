#include "controlplane/cli/printable_text.hpp"

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

}  // namespace balancer::controlplane::cli

#include "common/http/request_target.hpp"

#include "common/text/ascii.hpp"

namespace balancer::http {
namespace {

Error bad_target(std::string message) { return {ErrorCode::kInvalidRequest, std::move(message), {}}; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

Result<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return bad_target("request target: incomplete percent escape");
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return bad_target("request target: malformed percent escape");
    const auto byte = static_cast<unsigned char>(high * 16 + low);
    if (byte < 0x20 || byte == 0x7f) return bad_target("request target: control character");
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

}  // namespace

Result<RequestTarget> parse_request_target(std::string_view target) {
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f) return bad_target("request target: only printable ASCII is allowed");
    if (c == '#') return bad_target("request target: a fragment does not belong there");
  }
  RequestTarget result;
  if (target == "*") {
    result.path = "*";
    return result;
  }
  std::string_view rest = target;
  if (ascii_istarts_with(rest, "http://") || ascii_istarts_with(rest, "https://")) {
    rest.remove_prefix(rest.find("//") + 2);
    const std::size_t end = rest.find_first_of("/?");
    result.authority = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
    if (result.authority.empty() || result.authority.find('@') != std::string_view::npos) {
      return bad_target("request target: unacceptable authority");
    }
  } else if (!rest.starts_with('/')) {
    return bad_target("request target: must start with /");
  }
  const std::size_t question = rest.find('?');
  if (question != std::string_view::npos) {
    result.query = rest.substr(question + 1);
    rest = rest.substr(0, question);
  }
  Result<std::string> path = percent_decode(rest);
  if (!path) return path.error();
  result.path = std::move(*path);
  while (!result.path.empty() && result.path.back() == '/') result.path.pop_back();
  if (result.path.empty()) result.path = "/";
  return result;
}

}  // namespace balancer::http

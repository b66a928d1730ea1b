// The order of different headers and the letter case of their names do not count, nor how betas are listed; what comes of a
// header that counts does (protocol.md, what makes two requests one question).
//
// The input is header lines: "name: value".
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/ascii.hpp"
#include "gateway/dialect/signature/header_signature.hpp"
#include "gateway/dialect/signature/volatile_parts.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using namespace balancer;           // NOLINT(google-build-using-namespace)
using namespace balancer::gateway;  // NOLINT(google-build-using-namespace)
using fuzz::complain;
using Fields = std::vector<http::HeaderField>;

RequestSignature sign(const Fields& fields) {
  SignatureBuilder builder;
  add_headers(builder, fields);
  return builder.finish();
}

Fields read_lines(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) continue;
    fields.push_back({line.substr(0, colon), trim_blanks(line.substr(colon + 1))});
  }
  return fields;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
  }
  return result;
}

void check_spelling(const Fields& fields, const RequestSignature& signature, std::string_view input) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  Fields shouted = fields;
  for (http::HeaderField& field : shouted) field.name = names.emplace_back(upper(field.name));
  // Lines of one header keep their order.
  std::stable_sort(shouted.begin(), shouted.end(),
                   [](const auto& left, const auto& right) { return left.name > right.name; });
  if (sign(shouted) != signature) complain("order or letter case counts", input);
}

// One more line counts unless its name is one of those that do not, or it says nothing new.
void check_addition(const Fields& fields, const RequestSignature& signature, std::string_view input) {
  for (const http::HeaderField& field : fields) {
    const bool beta = ascii_iequal(field.name, "anthropic-beta");
    const bool connection = ascii_iequal(field.name, "connection");
    Fields more = fields;
    more.push_back(field);
    const bool same = sign(more) == signature;
    if (beta && !same) complain("a beta that is named twice counts", input);
    if (!beta && !connection && same != is_volatile_header(field.name)) complain("a header that is lost", input);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::as_text(data, size);
  const Fields fields = read_lines(input);
  if (fields.size() > 16) return 0;
  const RequestSignature signature = sign(fields);
  check_spelling(fields, signature, input);
  check_addition(fields, signature, input);
  return 0;
}

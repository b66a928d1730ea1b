// Whatever a client sends has a signature or none, and blanks between tokens and the wish to have it streamed make no
// other one of it.
//
// The first byte chooses whether max_tokens counts, and the blanks.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/dialect/signature/messages_signature.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using namespace balancer;           // NOLINT(google-build-using-namespace)
using namespace balancer::gateway;  // NOLINT(google-build-using-namespace)
using balancer::fuzz::complain;

constexpr std::size_t kPadding = 64;

// Nothing for what is refused.
std::optional<RequestSignature> sign(std::string body, std::uint8_t choice) {
  static JsonDocument scratch;
  static JsonObjectScanner scanner;
  const std::size_t size = body.size();
  body.resize(size + kPadding, '\0');
  const std::string_view text = std::string_view(body).substr(0, size);
  const auto request = scan_messages_request(text, scanner);
  if (!request) return std::nullopt;
  SignatureContext context;
  context.caller = "fuzz";
  context.include_max_tokens = (choice & 1) != 0;
  return sign_messages_request(context, *request, text, scratch);
}

// With blanks around everything that separates tokens.
std::string spread(std::string_view body, std::uint8_t choice) {
  constexpr std::string_view kBlanks[] = {" ", "\n", "\t \r\n", "  "};
  const std::string_view blank = kBlanks[(choice >> 1) % 4];
  std::string result;
  bool in_string = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    const bool separates = !in_string && std::string_view("{}[]:,").find(c) != std::string_view::npos;
    if (separates) result += blank;
    result += c;
    if (separates) result += blank;
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\') result += body[++i];
  }
  return result;
}

// Asks for a stream if it did not, and the other way round.
std::string with_stream_flipped(const std::string& body) {
  static JsonObjectScanner scanner;
  const std::string padded = body + std::string(kPadding, '\0');
  const auto members = scanner.scan(std::string_view(padded).substr(0, body.size()));
  std::string result = body;
  for (const JsonMember& member : *members) {
    if (!says(member.raw_key, "stream")) continue;
    const std::size_t length = member.value_end - member.value_begin;
    const bool streams = body.compare(member.value_begin, length, "true") == 0;
    return result.replace(member.value_begin, length, streams ? "false" : "true");
  }
  return result.insert(members->front().key_begin, R"("stream":true,)");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto signature = sign(body, data[0]);
  if (!signature) return 0;

  if (sign(body, data[0]) != signature) complain("another signature the second time", body);
  const std::string spread_out = spread(body, data[0]);
  if (sign(spread_out, data[0]) != signature) complain("blanks count", spread_out);
  const std::string flipped = with_stream_flipped(body);
  if (sign(flipped, data[0]) != signature) complain("the stream flag counts", flipped);
  return 0;
}

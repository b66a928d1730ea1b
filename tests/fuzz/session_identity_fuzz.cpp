// Whatever stands inside a body whose brackets match, the session that it belongs to and the thinking in its history are
// found or not, and always the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/dialect/session_identity.hpp"
#include "gateway/dialect/thinking_move.hpp"
#include "gateway/dialect/thinking_removal.hpp"

namespace {

using namespace balancer::gateway;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kPadding = 64;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static JsonObjectScanner scanner;
  std::string padded(reinterpret_cast<const char*>(data), size);
  padded.resize(size + kPadding, '\0');
  const std::string_view body = std::string_view(padded).substr(0, size);
  const auto request = scan_messages_request(body, scanner);
  if (!request) return 0;
  const SessionHints hints{.caller = "fuzz"};
  const SessionIdentity identity = identify_session(hints, *request, body);
  if (identify_session(hints, *request, body).key != identity.key) std::abort();
  for (const BodyEdit& edit : find_all_thinking(body)) {
    if (edit.begin > edit.end || edit.end > size) std::abort();
  }
  static_cast<void>(decide_thinking_move("a", "b", body));
  return 0;
}

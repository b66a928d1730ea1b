// Events do not depend on how their bytes are cut (protocol.md 4.2), in either framing.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/dialect/sse_decoder.hpp"

namespace {

using balancer::gateway::SseDecoder;
using balancer::gateway::SseEvent;
using balancer::gateway::SseFraming;

struct Decoded {
  std::vector<std::pair<std::string, std::string>> events;
  bool at_boundary = false;

  bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view bytes, SseFraming framing, std::size_t piece_size) {
  SseDecoder decoder(framing);
  Decoded decoded;
  const auto keep = [&](const SseEvent& event) { decoded.events.emplace_back(event.name, event.data); };
  while (!bytes.empty()) {
    const std::size_t size = std::min(piece_size, bytes.size());
    if (!decoder.feed(bytes.substr(0, size), keep)) std::abort();
    bytes.remove_prefix(size);
  }
  decoded.at_boundary = decoder.at_boundary();
  keep(decoder.finish());
  return decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::size_t piece_size = 1 + data[0] % 16;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const SseFraming framing : {SseFraming::kStandard, SseFraming::kJsonLines}) {
    const Decoded whole = decode(bytes, framing, bytes.size() + 1);
    if (decode(bytes, framing, piece_size) != whole || decode(bytes, framing, 1) != whole) std::abort();
  }
  return 0;
}

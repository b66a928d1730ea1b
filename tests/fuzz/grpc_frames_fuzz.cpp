// The messages of a gRPC body do not depend on how its bytes are cut, and are the bytes that the frames hold.
//
// The first byte chooses how the bytes are cut.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/controlplane_client/grpc_framing.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using balancer::fuzz::complain;
using balancer::gateway::GrpcMessageSplitter;
using balancer::gateway::kGrpcPrefixBytes;

constexpr std::size_t kLimit = 512;

struct Messages {
  std::vector<std::string> messages;
  std::optional<GrpcMessageSplitter::Refusal> refusal;

  bool operator==(const Messages&) const = default;
};

// A message that begins with '!' is one that its reader refuses.
Messages split(GrpcMessageSplitter::Bytes bytes, std::size_t piece_size) {
  Messages found;
  GrpcMessageSplitter splitter(kLimit, [&](GrpcMessageSplitter::Bytes message) {
    found.messages.emplace_back(message.begin(), message.end());
    return message.empty() || message.front() != '!';
  });
  while (!bytes.empty() && !found.refusal) {
    const std::size_t size = std::min(piece_size, bytes.size());
    // A copy of its own: what is read past the piece is noticed.
    const std::vector<std::uint8_t> piece(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    found.refusal = splitter.push(piece);
    bytes = bytes.subspan(size);
  }
  return found;
}

std::string framed(const std::vector<std::string>& messages) {
  std::string frames;
  for (const std::string& message : messages) {
    frames += '\0';
    for (int shift = 24; shift >= 0; shift -= 8) frames += static_cast<char>(message.size() >> shift);
    frames += message;
  }
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const GrpcMessageSplitter::Bytes bytes(data + 1, size - 1);
  const std::string_view text = balancer::fuzz::as_text(data + 1, size - 1);
  const Messages whole = split(bytes, bytes.size() + 1);
  if (split(bytes, 1) != whole || split(bytes, 2 + data[0] % 16) != whole) complain("other messages from pieces", text);
  const std::string frames = framed(whole.messages);
  if (!text.starts_with(frames)) complain("messages that nobody sent", text);
  const std::size_t rest = text.size() - frames.size();
  if (!whole.refusal && rest >= kGrpcPrefixBytes + kLimit) complain("a message that is kept back", text);
  return 0;
}

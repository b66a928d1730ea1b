#include "gateway/controlplane_client/grpc_framing.hpp"

#include <algorithm>

namespace balancer::gateway {
namespace {

// Memory for longer frames is given back.
constexpr std::size_t kKeptBytes = 64 * 1024;

// With its prefix, which must be there.
std::size_t frame_length(GrpcMessageSplitter::Bytes frame) {
  std::size_t size = 0;
  for (std::size_t i = 1; i < kGrpcPrefixBytes; ++i) size = (size << 8) | frame[i];
  return kGrpcPrefixBytes + size;
}

}  // namespace

void encode_grpc_frame(const google::protobuf::MessageLite& message, std::string& frame) {
  const std::size_t size = message.ByteSizeLong();
  frame.resize(kGrpcPrefixBytes + size);
  auto* const bytes = reinterpret_cast<std::uint8_t*>(frame.data());
  bytes[0] = 0;
  for (std::size_t i = 0; i < 4; ++i) bytes[1 + i] = static_cast<std::uint8_t>(size >> (24 - 8 * i));
  message.SerializeWithCachedSizesToArray(bytes + kGrpcPrefixBytes);
}

std::optional<GrpcMessageSplitter::Refusal> GrpcMessageSplitter::check_prefix(Bytes frame) const {
  if (frame[0] != 0) return Refusal::kCompressed;
  if (frame_length(frame) > kGrpcPrefixBytes + limit_) return Refusal::kTooLong;
  return std::nullopt;
}

std::optional<GrpcMessageSplitter::Refusal> GrpcMessageSplitter::push(Bytes part) {
  if (!buffered_.empty()) {
    if (const auto refusal = complete_buffered(part)) return refusal;
  }
  // Whole messages are read where they lie.
  while (part.size() >= kGrpcPrefixBytes) {
    if (const auto refusal = check_prefix(part)) return refusal;
    const std::size_t length = frame_length(part);
    if (part.size() < length) break;
    if (!on_message_(part.subspan(kGrpcPrefixBytes, length - kGrpcPrefixBytes))) return Refusal::kRefusedByReader;
    part = part.subspan(length);
  }
  buffered_.insert(buffered_.end(), part.begin(), part.end());
  return std::nullopt;
}

// Takes what belongs to the buffered frame from the front of `part`; leaves the rest.
std::optional<GrpcMessageSplitter::Refusal> GrpcMessageSplitter::complete_buffered(Bytes& part) {
  const auto take = [&](std::size_t wanted) {
    const std::size_t count = std::min(wanted - std::min(wanted, buffered_.size()), part.size());
    buffered_.insert(buffered_.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count));
    part = part.subspan(count);
    return buffered_.size() >= wanted;
  };
  if (!take(kGrpcPrefixBytes)) return std::nullopt;
  if (const auto refusal = check_prefix(buffered_)) return refusal;
  if (!take(frame_length(buffered_))) return std::nullopt;
  const bool accepted = on_message_(Bytes(buffered_).subspan(kGrpcPrefixBytes));
  buffered_.clear();
  if (buffered_.capacity() > kKeptBytes) buffered_.shrink_to_fit();
  if (!accepted) return Refusal::kRefusedByReader;
  return std::nullopt;
}

}  // namespace balancer::gateway

// Messages in the body of a gRPC stream: each follows five bytes, a flag and its length.
#pragma once

#include <google/protobuf/message_lite.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace balancer::gateway {

inline constexpr std::size_t kGrpcPrefixBytes = 5;

// Replaces the content of `frame`.
void encode_grpc_frame(const google::protobuf::MessageLite& message, std::string& frame);

// Finds the messages in a body that comes in parts.
class GrpcMessageSplitter {
 public:
  using Bytes = std::span<const std::uint8_t>;
  // Why the body is refused: nothing more may be pushed.
  enum class Refusal { kCompressed, kTooLong, kRefusedByReader };
  // Called from within push(); `message` lives as long as the call. False refuses the body.
  using OnMessage = std::function<bool(Bytes message)>;

  // Buffers at most a message of `limit` bytes, and no more than has come.
  GrpcMessageSplitter(std::size_t limit, OnMessage on_message) : limit_(limit), on_message_(std::move(on_message)) {}

  [[nodiscard]] std::optional<Refusal> push(Bytes part);

 private:
  [[nodiscard]] std::optional<Refusal> check_prefix(Bytes frame) const;
  [[nodiscard]] std::optional<Refusal> complete_buffered(Bytes& part);

  const std::size_t limit_;
  const OnMessage on_message_;
  // The beginning of a frame whose end has not come.
  std::vector<std::uint8_t> buffered_;
};

}  // namespace balancer::gateway

// Drives a ResponseDecoder by hand: the same bytes, cut as a test likes.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/upstream/response_decoder.hpp"

namespace balancer {

struct DecodedAnswer {
  std::optional<UpstreamFailureKind> failure;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool complete = false;
  bool leaves_connection_reusable = false;
  std::size_t buffer_size = 0;
};

// Feeds `wire` in reads of at most `piece` bytes, and then the connection's end unless the answer is complete.
inline DecodedAnswer decode_answer(std::string_view wire, std::size_t piece) {
  ByteBuffer buffer(ResponseDecoder::kInitialBufferSize);
  ResponseDecoder decoder(buffer);
  DecodedAnswer answer;
  const auto failed = [&answer, &buffer](const UpstreamFailure& failure) {
    answer.failure = failure.kind;
    answer.buffer_size = buffer.size();
    return answer;
  };
  while (!wire.empty() && !decoder.complete()) {
    const asio::mutable_buffer room = decoder.prepare();
    const std::size_t size = std::min({piece, room.size(), wire.size()});
    std::memcpy(room.data(), wire.data(), size);
    wire.remove_prefix(size);
    if (auto received = decoder.received(size); !received) return failed(received.error());
    if (!decoder.head_complete()) continue;
    const auto body = decoder.body();
    if (!body) return failed(body.error());
    answer.body += *body;
  }
  if (!decoder.complete()) {
    if (auto ended = decoder.end_of_stream(); !ended) return failed(ended.error());
  }
  answer.status = decoder.head().status;
  for (const UpstreamHeader& header : decoder.head().headers) answer.headers.emplace_back(header.name, header.value);
  answer.complete = decoder.complete();
  answer.leaves_connection_reusable = decoder.leaves_connection_reusable();
  answer.buffer_size = buffer.size();
  return answer;
}

}  // namespace balancer

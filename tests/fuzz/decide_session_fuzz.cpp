// Whatever a control plane sends on the Decide stream's connection, the worst that happens is the stream's end, and the same
// one however the bytes are cut.
//
// The first byte chooses how the bytes are cut. Each line is a frame: "settings 4 100", "head 5 :status=200 x=y",
// "data 1 text", "reset 8", "goaway 1 0", "window 0 1000", "ping 0", and "raw" for the bytes behind it as they are.
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/controlplane_client/http2_stream_session.hpp"
#include "tests/fuzz/finding.hpp"
#include "tests/unit/gateway/controlplane_client/http2_peer.hpp"

namespace {

using namespace balancer::gateway;  // NOLINT(google-build-using-namespace)
using balancer::fuzz::complain;
using Bytes = Http2StreamSession::Bytes;

std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

std::uint32_t take_number(std::string_view& line) {
  const std::string_view word = take_word(line);
  std::uint32_t number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number);
  return number;
}

http2::Fields take_fields(std::string_view& line) {
  http2::Fields fields;
  while (!line.empty()) {
    const std::string_view word = take_word(line);
    // The ':' of ":status" is part of its name.
    const std::size_t equals = word.find('=');
    if (equals == 0 || equals == std::string_view::npos) continue;
    fields.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return fields;
}

std::string frame_of(std::string_view line) {
  const std::string_view kind = take_word(line);
  if (kind == "settings") {
    const std::uint32_t id = take_number(line);
    if (id == 0) return http2::settings();
    return http2::settings({{static_cast<std::uint16_t>(id), take_number(line)}});
  }
  if (kind == "head") {
    const auto flags = static_cast<std::uint8_t>(take_number(line));
    return http2::headers(take_fields(line), flags);
  }
  if (kind == "data") {
    const auto flags = static_cast<std::uint8_t>(take_number(line));
    return http2::encode({http2::kData, flags, http2::kStream, std::string(line)});
  }
  if (kind == "reset") return http2::reset(take_number(line));
  if (kind == "goaway") {
    const std::uint32_t last = take_number(line);
    return http2::goaway(last, take_number(line));
  }
  if (kind == "window") {
    const std::uint32_t stream = take_number(line);
    return http2::window_update(stream, take_number(line));
  }
  if (kind == "ping") return http2::encode({http2::kPing, static_cast<std::uint8_t>(take_number(line)), 0, "12345678"});
  return std::string(line);
}

std::string frames_of(std::string_view input) {
  std::string frames;
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(line.size() + 1, input.size()));
    frames += frame_of(line);
  }
  return frames;
}

// What a stream that has asked its question hears.
struct Hearing {
  std::string body;
  std::optional<grpc::StatusCode> end;

  bool operator==(const Hearing&) const = default;
};

Hearing hear(std::string_view frames, std::size_t piece_size) {
  Hearing hearing;
  Http2StreamSession session({"localhost", "/service/Method"}, [&](Bytes part) -> std::optional<grpc::Status> {
    hearing.body.append(part.begin(), part.end());
    const std::size_t refused = hearing.body.find('!');
    if (refused == std::string::npos) return std::nullopt;
    // How much of the part lay behind it depends on the cut.
    hearing.body.resize(refused);
    return grpc::Status(grpc::StatusCode::DATA_LOSS, "a message that cannot be read");
  });
  std::vector<std::uint8_t> sent;
  const auto receive = [&](std::string_view bytes) {
    session.receive({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  };
  const std::string question = "question";
  session.send({reinterpret_cast<const std::uint8_t*>(question.data()), question.size()});
  receive(http2::settings());
  session.produce(sent);
  // What the session answers meanwhile may change what the peer may send: it answers at the end.
  while (!frames.empty()) {
    const std::string piece(frames.substr(0, piece_size));
    receive(piece);
    frames.remove_prefix(piece.size());
  }
  session.ping();
  session.produce(sent);
  session.cancel();
  session.produce(sent);
  if (session.end()) hearing.end = session.end()->error_code();
  return hearing;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view input = balancer::fuzz::as_text(data + 1, size - 1);
  const std::string frames = frames_of(input);
  const Hearing whole = hear(frames, frames.size() + 1);
  if (hear(frames, 1) != whole || hear(frames, 2 + data[0] % 64) != whole) complain("another end of pieces", input);
  return 0;
}

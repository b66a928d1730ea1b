// What a fake provider does with one request, written down beforehand.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tests/fakes/header_fields.hpp"
#include "tests/fakes/latch.hpp"

namespace balancer::fakes {

// A list of steps, played in order. Each send() is a part; the builders of provider_answers.hpp make one part per SSE
// event, so that a test can speak of "after the second event". The head goes out with send_headers(), or by itself
// before the first part. After the last step the message is ended properly and the connection kept alive, unless
// a step (or a `connection: close` header) says otherwise.
class ScriptedResponse {
 public:
  enum class Framing { kContentLength, kChunked, kUntilClose };
  enum class Ending { kReset, kClose, kHang };

  struct SendHeaders {};
  struct SendPart {
    std::string bytes;
  };
  struct SendRaw {
    std::string bytes;
    std::size_t times = 1;
  };
  struct Pause {
    std::chrono::milliseconds length;
  };
  struct Hold {
    std::shared_ptr<Latch> until;
  };
  struct End {
    Ending how;
  };
  using Step = std::variant<SendHeaders, SendPart, SendRaw, Pause, Hold, End>;

  // The head. The reason phrase defaults to the usual one. A Content-Length or Transfer-Encoding line is added by the
  // framing, after the given header lines.
  ScriptedResponse& status(int code, std::string reason = "");
  ScriptedResponse& header(std::string name, std::string value);

  // Framing: Content-Length over all parts is the default; content_length() claims another one, true or not.
  ScriptedResponse& chunked();
  ScriptedResponse& until_close();
  ScriptedResponse& content_length(std::size_t claimed);

  // Cuts parts and raw bytes into writes of this size (each a chunk of its own when chunked), `gap` apart.
  ScriptedResponse& in_pieces_of(std::size_t bytes, std::chrono::milliseconds gap = std::chrono::milliseconds(0));

  // Steps.
  ScriptedResponse& send_headers();
  ScriptedResponse& send(std::string part);
  // Past all framing, for malformed answers. A script of raw bytes alone sends no head.
  ScriptedResponse& send_raw(std::string bytes, std::size_t times = 1);
  ScriptedResponse& pause(std::chrono::milliseconds length);
  ScriptedResponse& hold(std::shared_ptr<Latch> until);
  // RST, FIN, or silence until the client leaves. Steps behind one of these are not reached.
  ScriptedResponse& reset();
  ScriptedResponse& close();
  ScriptedResponse& hang();

  // Changes to a whole script: wait before everything else; wait before the part with this index; drop all that comes
  // after the first parts or body bytes (the Content-Length claimed stays that of the whole).
  ScriptedResponse& after(std::chrono::milliseconds delay);
  ScriptedResponse& after(std::shared_ptr<Latch> latch);
  ScriptedResponse& hold_part(std::size_t index, std::shared_ptr<Latch> until);
  ScriptedResponse& keep_parts(std::size_t count);
  ScriptedResponse& keep_bytes(std::size_t count);

  // For the player.
  [[nodiscard]] std::string head() const;
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  [[nodiscard]] Framing framing() const { return framing_; }
  [[nodiscard]] std::size_t piece_size() const { return piece_size_; }
  [[nodiscard]] std::chrono::milliseconds gap() const { return gap_; }
  [[nodiscard]] bool closes_at_end() const;
  // All parts joined: what a client that reads to the end receives.
  [[nodiscard]] std::string body() const;

 private:
  int status_ = 200;
  std::string reason_;
  HeaderFields headers_;
  Framing framing_ = Framing::kContentLength;
  // Set once it no longer follows from the parts.
  std::optional<std::size_t> claimed_length_;
  std::size_t piece_size_ = static_cast<std::size_t>(-1);
  std::chrono::milliseconds gap_{0};
  std::vector<Step> steps_;
};

}  // namespace balancer::fakes

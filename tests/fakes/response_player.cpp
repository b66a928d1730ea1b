#include "tests/fakes/response_player.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <variant>

namespace balancer::fakes {
namespace {

// Each visit returns kReady to go on; kTimedOut, kClosed, kReset or kStopped end the play.
class Player {
 public:
  Player(const ScriptedResponse& script, Socket& socket, const Latch& stop)
      : script_(script), socket_(socket), stop_(stop) {}

  Played play() {
    IoStatus status = IoStatus::kReady;
    for (const ScriptedResponse::Step& step : script_.steps()) {
      status = std::visit(*this, step);
      if (ended_) return Played::kEnded;
      if (status != IoStatus::kReady) return played(status);
    }
    status = finish();
    if (status != IoStatus::kReady) return played(status);
    if (!script_.closes_at_end()) return Played::kKeepAlive;
    socket_.close();
    return Played::kEnded;
  }

  IoStatus operator()(const ScriptedResponse::SendHeaders&) { return send_head(); }

  IoStatus operator()(const ScriptedResponse::SendPart& part) {
    const IoStatus status = send_head();
    if (status != IoStatus::kReady) return status;
    return in_pieces(part.bytes, [this](std::string_view piece) {
      if (script_.framing() != ScriptedResponse::Framing::kChunked) return write(piece);
      char size[20];
      const auto size_end = std::to_chars(size, size + sizeof size, piece.size(), 16).ptr;
      return write(std::string(size, size_end) + "\r\n" + std::string(piece) + "\r\n");
    });
  }

  IoStatus operator()(const ScriptedResponse::SendRaw& raw) {
    sent_raw_ = true;
    IoStatus status = IoStatus::kReady;
    for (std::size_t i = 0; i < raw.times && status == IoStatus::kReady; ++i) {
      status = in_pieces(raw.bytes, [this](std::string_view piece) { return write(piece); });
    }
    return status;
  }

  IoStatus operator()(const ScriptedResponse::Pause& pause) { return wait(pause.length); }

  IoStatus operator()(const ScriptedResponse::Hold& hold) {
    return socket_.wait_for(hold.until.get(), {TimePoint::max(), &stop_});
  }

  IoStatus operator()(const ScriptedResponse::End& end) {
    if (end.how == ScriptedResponse::Ending::kHang) return socket_.wait_for(nullptr, {TimePoint::max(), &stop_});
    ended_ = true;
    if (end.how == ScriptedResponse::Ending::kReset) {
      socket_.reset();
    } else {
      socket_.close();
    }
    return IoStatus::kReady;
  }

 private:
  static Played played(IoStatus status) {
    return status == IoStatus::kStopped ? Played::kStopped : Played::kClientLeft;
  }

  IoStatus send_head() {
    if (head_sent_) return IoStatus::kReady;
    head_sent_ = true;
    return write(script_.head());
  }

  IoStatus finish() {
    if (sent_raw_ && !head_sent_) return IoStatus::kReady;
    const IoStatus status = send_head();
    if (status != IoStatus::kReady || script_.framing() != ScriptedResponse::Framing::kChunked) return status;
    return write("0\r\n\r\n");
  }

  template <class Write>
  IoStatus in_pieces(std::string_view bytes, Write write_piece) {
    while (!bytes.empty()) {
      const std::string_view piece = bytes.substr(0, script_.piece_size());
      IoStatus status = write_piece(piece);
      if (status == IoStatus::kReady && script_.gap().count() > 0) status = wait(script_.gap());
      if (status != IoStatus::kReady) return status;
      bytes.remove_prefix(piece.size());
    }
    return IoStatus::kReady;
  }

  IoStatus wait(std::chrono::milliseconds length) {
    const IoStatus status = socket_.wait_for(nullptr, {std::chrono::steady_clock::now() + length, &stop_});
    return status == IoStatus::kTimedOut ? IoStatus::kReady : status;
  }

  IoStatus write(std::string_view bytes) { return socket_.write_all(bytes, {TimePoint::max(), &stop_}); }

  const ScriptedResponse& script_;
  Socket& socket_;
  const Latch& stop_;
  bool head_sent_ = false;
  bool sent_raw_ = false;
  bool ended_ = false;
};

}  // namespace

Played play(const ScriptedResponse& script, Socket& socket, const Latch& stop) {
  return Player(script, socket, stop).play();
}

}  // namespace balancer::fakes

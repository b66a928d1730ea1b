// Server-sent events out of bytes, however these are cut (protocol.md 4.2). Does no I/O and never fails on content:
// only the size of a line or an event is bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/dialect/json/json_balance.hpp"

namespace balancer::gateway {

struct SseEvent {
  // The "event" field; empty when there was none.
  std::string_view name;
  // The "data" lines, joined by '\n'.
  std::string_view data;
};

// How events end.
enum class SseFraming {
  // With a blank line.
  kStandard,
  // Also where the next "data" line begins, once the data so far is whole JSON or "[DONE]": some servers of the
  // OpenAI kind leave the blank lines out (protocol.md 4.2 rule 7).
  kJsonLines,
};

class SseDecoder {
 public:
  static constexpr std::size_t kMaxEventBytes = 32 * 1024 * 1024;

  explicit SseDecoder(SseFraming framing = SseFraming::kStandard) : framing_(framing) {}

  // Calls on_event(SseEvent) for each event that `bytes` completes; the views are valid during the call. False when
  // an event grew past kMaxEventBytes: nothing more can be decoded.
  template <class OnEvent>
  [[nodiscard]] bool feed(std::string_view bytes, OnEvent&& on_event) {
    while (!bytes.empty()) {
      const std::string_view rest = take_line(bytes);
      if (overflown()) return false;
      if (line_complete_ && framing_ == SseFraming::kJsonLines && begins_next_event()) {
        on_event(SseEvent{name_, data_});
        reset_event();
      }
      if (line_complete_ && end_line()) {
        on_event(SseEvent{name_, data_});
        reset_event();
      }
      bytes = rest;
    }
    return true;
  }

  // True when everything so far was whole events (or comments): here a foreign event may be put in.
  [[nodiscard]] bool at_boundary() const { return line_.empty() && !in_event_ && !skip_line_feed_; }

  // What is left at the end of the stream, for servers that omit the last blank line: the pending event, or one
  // without data. Behind a line that was cut is no boundary. The views are valid until the next call.
  [[nodiscard]] SseEvent finish();

 private:
  // Moves the next line, or as much of it as there is, into line_; returns the rest of the bytes.
  std::string_view take_line(std::string_view bytes);
  // Interprets line_; true when it was blank and completed an event that has data.
  bool end_line();
  void reset_event();
  // line_ is a "data" line, and what is there already needs none.
  [[nodiscard]] bool begins_next_event();
  [[nodiscard]] bool overflown() const { return line_.size() + data_.size() > kMaxEventBytes; }

  const SseFraming framing_;
  std::string line_;
  bool line_complete_ = false;
  // The last line ended with '\r': a '\n' that follows belongs to it.
  bool skip_line_feed_ = false;
  bool at_start_ = true;
  // A line of an event was seen since the last blank line.
  bool in_event_ = false;
  bool has_data_ = false;
  std::string name_;
  std::string data_;
  // Of the first balanced_ bytes of data_.
  JsonBalance balance_;
  std::size_t balanced_ = 0;
};

}  // namespace balancer::gateway

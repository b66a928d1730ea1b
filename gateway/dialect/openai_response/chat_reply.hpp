// The conversion of an answer from Chat Completions to Anthropic (protocol.md 3, 4.3, 4.4): chunks in, the parts of an
// Anthropic answer out, one block open at a time. A whole completion is one chunk. No I/O, no timers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "common/snapshot/conversion.hpp"
#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/openai_request/conversion.hpp"
#include "gateway/dialect/openai_response/anthropic_events.hpp"
#include "gateway/dialect/openai_response/finish_reason.hpp"
#include "gateway/dialect/openai_response/think_tags.hpp"
#include "gateway/dialect/openai_response/tool_call_slots.hpp"
#include "gateway/dialect/token_count/text_tokens.hpp"

namespace balancer::gateway {

class ChatReply {
 public:
  enum class State {
    kOpen,
    // The end was said: only usage may follow.
    kFinished,
    // The answer is whole, and has been written.
    kComplete,
    // The provider gave up: see failure(). What was written so far is not an end.
    kFailed,
  };

  // Why the provider gave up.
  struct Failure {
    enum class Kind {
      // It sent an error object: `document`.
      kErrorDocument,
      // It ended the answer for want of capacity, or for an error that it did not describe.
      kOverloaded,
      kError,
      // Not a completion, or one that says nothing that could be passed on.
      kUnusable,
      // The input ended before the answer did.
      kTruncated,
      // More waits to be put in order than is reasonable.
      kTooLarge,
    };
    Kind kind = Kind::kUnusable;
    std::string document;
  };

  enum class Tools {
    // Arguments are passed on as they come.
    kLive,
    // Arguments are checked, and passed on in one piece.
    kBuffered,
  };

  // The references outlive the reply. `scratch` is used during calls only, and not for the chunks themselves.
  ChatReply(const ReplyContext& context, const ConversionSettings& settings, Tools tools, AnthropicEvents& events,
            JsonDocument& scratch);

  void consume(JsonValue chunk);
  // The provider said that there is nothing more ("[DONE]").
  void end();
  // The input ended, or 2 s passed behind the end that was said.
  void end_of_input();
  // Nothing more can be understood of what the provider sends.
  void give_up(Failure::Kind kind);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const Failure& failure() const { return failure_; }
  // Grows with every chunk that adds to the answer: text, reasoning, a tool call, the end, usage.
  [[nodiscard]] std::uint64_t content() const { return content_; }
  // Something was written.
  [[nodiscard]] bool started() const { return started_; }
  // Complete, ended by itself, without anything for the client.
  [[nodiscard]] bool empty_answer() const { return empty_answer_; }
  [[nodiscard]] const AnthropicUsage& usage() const { return usage_; }
  // The provider never said: the counts are guesses.
  [[nodiscard]] bool usage_estimated() const { return !usage_known_; }
  // Asked once, for an answer without usage: a better guess of the input than the request's size.
  void set_input_estimate(std::function<std::int64_t()> estimate) { input_estimate_ = std::move(estimate); }
  // The provider's name for the answer; empty while it gave none.
  [[nodiscard]] const std::string& upstream_id() const { return upstream_id_; }

 private:
  enum class Open { kNone, kThinking, kText, kTool };
  // In a delta, or in a message.
  enum class CallsAre { kPieces, kWhole };

  void consume_choice(JsonValue choice);
  void consume_delta(JsonValue delta, CallsAre calls);
  void take_calls(JsonValue delta, CallsAre calls);
  void on_content(std::string_view raw);
  void take_finish(JsonValue choice);

  void on_text(std::string_view raw);
  void on_reasoning(std::string_view raw);
  void write_text(std::string_view raw);
  void write_reasoning(std::string_view raw);
  // Puts tool calls and what waits behind them in order, as far as that can be told now.
  void advance();
  [[nodiscard]] bool may_open(const ToolCallSlot& slot, bool another_follows) const;
  void open_tool(ToolCallSlot& slot);
  void write_arguments(ToolCallSlot& slot);
  void close_tool();
  void write_whole_tool(ToolCallSlot& slot);
  [[nodiscard]] bool something_waits() const;
  [[nodiscard]] bool has_cut_call() const;

  void ensure_started();
  void close_block();
  void finish();
  void guess_usage();
  void fail(Failure::Kind kind, std::string document = {});

  const ReplyContext& context_;
  const ConversionSettings& settings_;
  const Tools tools_mode_;
  AnthropicEvents& events_;
  JsonDocument& scratch_;
  // Whether reasoning becomes blocks, and whether their text is given to the client.
  const bool shows_thinking_;
  const bool tells_thinking_;

  State state_ = State::kOpen;
  Failure failure_;
  std::uint64_t content_ = 0;
  bool started_ = false;
  Open open_ = Open::kNone;
  ToolCallSlot* active_ = nullptr;
  ToolCallSlots slots_;
  std::optional<ThinkTags> think_tags_;
  // White space at a block's beginning: written with what follows it, or never.
  std::string held_space_;
  std::string half_pair_;
  // Behind the tool call that is being written.
  std::string waiting_reasoning_;
  std::string waiting_text_;
  // Of a block whose text the client is not given.
  std::string untold_thinking_;

  std::optional<FinishReason> finish_reason_;
  std::optional<std::string> matched_stop_;
  std::string refusal_;
  bool wrote_tool_ = false;
  bool wrote_anything_ = false;
  bool reasoned_ = false;
  bool dropped_call_ = false;
  bool empty_answer_ = false;

  std::string upstream_id_;
  // Of the calls that were written.
  std::unordered_set<std::string> call_ids_;
  std::function<std::int64_t()> input_estimate_;
  AnthropicUsage usage_;
  bool usage_known_ = false;
  // Of what the provider said, for when it does not count itself.
  TextTokenCounter output_tokens_;
};

}  // namespace balancer::gateway

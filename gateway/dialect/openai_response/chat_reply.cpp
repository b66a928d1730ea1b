#include "gateway/dialect/openai_response/chat_reply.hpp"

#include <algorithm>
#include <utility>

#include "gateway/dialect/gateway_signature.hpp"
#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/openai_request/tool_ids.hpp"
#include "gateway/dialect/openai_response/chat_delta.hpp"
#include "gateway/dialect/openai_response/chat_ending.hpp"
#include "gateway/dialect/openai_response/chat_usage.hpp"
#include "gateway/dialect/openai_response/split_surrogates.hpp"
#include "gateway/dialect/openai_response/tool_arguments.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kMaxWaitingBytes = 32 * 1024 * 1024;
constexpr std::size_t kMaxHeldSpace = 64 * 1024;
constexpr std::size_t kMaxExplanation = 4096;
constexpr std::size_t kMaxCarriedThinking = 64 * 1024;
constexpr std::size_t kMaxIdBytes = 128;
constexpr std::size_t kMaxCalls = 4096;

bool is_error(JsonValue chunk) {
  return !chunk["error"].is_nothing() || chunk["object"].says("error") ||
         (!chunk["choices"] && chunk["type"].says("error"));
}

// The choice that counts: the one with index 0, or without.
JsonValue first_choice(JsonValue chunk) {
  for (const JsonValue choice : chunk["choices"].elements()) {
    const auto index = choice["index"].whole_number();
    if (!index || *index == 0) return choice;
  }
  return {};
}

}  // namespace

ChatReply::ChatReply(const ReplyContext& context, const ConversionSettings& settings, Tools tools,
                     AnthropicEvents& events, JsonDocument& scratch)
    : context_(context),
      settings_(settings),
      tools_mode_(tools),
      events_(events),
      scratch_(scratch),
      shows_thinking_(context.thinking_wanted &&
                      (!context.thinking_omitted || settings.reasoning_replay != ReasoningReplay::kNone)),
      tells_thinking_(!context.thinking_omitted),
      slots_(context.offered_tools) {
  usage_.input_tokens = context.rough_input_tokens;
  if (settings.think_tags) think_tags_.emplace();
}

void ChatReply::consume(JsonValue chunk) {
  if (state_ == State::kComplete || state_ == State::kFailed) return;
  if (is_error(chunk)) return fail(Failure::Kind::kErrorDocument, std::string(chunk.raw()));
  if (const JsonValue id = chunk["id"]; upstream_id_.empty() && id.is_string() && id.text().size() <= kMaxIdBytes) {
    upstream_id_ = id.decoded_text();
  }
  const bool finished_before = state_ == State::kFinished;
  const JsonValue choice = first_choice(chunk);
  if (choice) consume_choice(choice);
  if (state_ == State::kFailed) return;
  if (const auto usage = read_chat_usage(chunk, settings_)) {
    if (!usage_known_ || *usage != usage_) ++content_;
    usage_ = *usage;
    usage_known_ = true;
    if (finished_before && !choice) finish();
  }
}

void ChatReply::consume_choice(JsonValue choice) {
  if (const JsonValue error = choice["error"]; error.is_object()) {
    return fail(Failure::Kind::kErrorDocument, "{\"error\":" + std::string(error.raw()) + "}");
  }
  const JsonValue delta = choice["delta"];
  if (delta) {
    consume_delta(delta, CallsAre::kPieces);
  } else {
    consume_delta(choice["message"], CallsAre::kWhole);
  }
  if (state_ != State::kFailed) take_finish(choice);
}

void ChatReply::consume_delta(JsonValue delta, CallsAre calls) {
  for_each_reasoning(delta, [this](std::string_view raw) {
    ++content_;
    on_reasoning(raw);
  });
  for_each_text(delta, [this](std::string_view raw) {
    ++content_;
    on_content(raw);
  });
  if (const JsonValue refusal = delta["refusal"]; refusal.is_string() && !refusal.empty()) {
    ++content_;
    if (refusal_.size() < kMaxExplanation) refusal_ += refusal.text();
    on_text(refusal.text());
  }
  take_calls(delta, calls);
  if (slots_.all().size() > kMaxCalls) return fail(Failure::Kind::kTooLarge);
  advance();
}

void ChatReply::take_calls(JsonValue delta, CallsAre calls) {
  const std::size_t told_before = slots_.told_bytes();
  for (const JsonValue entry : delta["tool_calls"].elements()) {
    ensure_started();
    calls == CallsAre::kWhole ? slots_.add_whole(entry) : slots_.add(entry);
  }
  if (const JsonValue call = delta["function_call"]; call.is_object()) {
    ensure_started();
    slots_.add_function_call(call);
  }
  if (slots_.told_bytes() != told_before) ++content_;
}

void ChatReply::on_content(std::string_view raw) {
  if (!think_tags_) return on_text(raw);
  const ThinkTags::Split split = think_tags_->feed(raw);
  on_reasoning(split.reasoning);
  on_text(split.text);
}

void ChatReply::take_finish(JsonValue choice) {
  const JsonValue name = choice["finish_reason"];
  if (!name.is_string() || name.empty()) return;
  const FinishReason reason = finish_reason(name.decoded_text());
  if (reason == FinishReason::kOverloaded) return fail(Failure::Kind::kOverloaded);
  if (reason == FinishReason::kError) return fail(Failure::Kind::kError);
  if (!finish_reason_ || (finish_reason_ == FinishReason::kStop && reason == FinishReason::kToolCalls)) {
    finish_reason_ = reason;
  }
  for (const char* const key : {"stop_reason", "matched_stop"}) {
    if (const JsonValue stop = choice[key]; stop.is_string()) matched_stop_ = stop.decoded_text();
  }
  if (state_ != State::kFinished) ++content_;
  state_ = State::kFinished;
}

void ChatReply::on_reasoning(std::string_view raw) {
  if (raw.empty()) return;
  reasoned_ = true;
  output_tokens_.feed_raw(raw);
  ensure_started();
  if (!shows_thinking_) return;
  if (open_ == Open::kTool && !active_->complete()) {
    waiting_reasoning_ += raw;
    return;
  }
  write_reasoning(raw);
}

void ChatReply::write_reasoning(std::string_view raw) {
  if (open_ != Open::kThinking) {
    close_block();
    held_space_.clear();
    events_.begin_thinking();
    open_ = Open::kThinking;
  }
  wrote_anything_ = true;
  const std::string text = join_split_surrogates(half_pair_, raw);
  if (tells_thinking_) {
    if (!text.empty()) events_.thinking(text);
  } else if (untold_thinking_.size() < kMaxCarriedThinking) {
    append_decoded(untold_thinking_, text);
  }
}

void ChatReply::on_text(std::string_view raw) {
  if (raw.empty()) return;
  output_tokens_.feed_raw(raw);
  if (open_ == Open::kTool && (!active_->complete() || !waiting_text_.empty() || !waiting_reasoning_.empty())) {
    waiting_text_ += raw;
    return;
  }
  write_text(raw);
}

void ChatReply::write_text(std::string_view raw) {
  if (open_ != Open::kText) {
    if (is_blank(raw) && held_space_.size() < kMaxHeldSpace) {
      held_space_ += raw;
      return;
    }
    ensure_started();
    close_block();
    events_.begin_text();
    open_ = Open::kText;
    wrote_anything_ = true;
    if (!held_space_.empty()) {
      held_space_ += raw;
      const std::string text = join_split_surrogates(half_pair_, std::exchange(held_space_, {}));
      if (!text.empty()) events_.text(text);
      return;
    }
  }
  if (half_pair_.empty() && !has_lone_surrogate(raw)) return events_.text(raw);
  if (const std::string text = join_split_surrogates(half_pair_, raw); !text.empty()) events_.text(text);
}

bool ChatReply::something_waits() const {
  if (!waiting_text_.empty() || !waiting_reasoning_.empty()) return true;
  for (const ToolCallSlot& slot : slots_.all()) {
    if (!slot.opened && !slot.name.empty()) return true;
  }
  return false;
}

bool ChatReply::may_open(const ToolCallSlot& slot, bool another_follows) const {
  if (slot.opened || slot.name.empty()) return false;
  if (tools_mode_ == Tools::kBuffered) return slot.balance.complete() || (another_follows && slot.complete());
  if (slot.has_arguments() || another_follows) return true;
  return context_.offered_tools.contains(slot.name) && !slot.id.empty();
}

void ChatReply::advance() {
  if (slots_.pending_bytes() + waiting_text_.size() + waiting_reasoning_.size() > kMaxWaitingBytes) {
    return fail(Failure::Kind::kTooLarge);
  }
  while (true) {
    if (open_ == Open::kTool) {
      write_arguments(*active_);
      if (!active_->complete() || !something_waits()) return;
      close_tool();
      continue;
    }
    ToolCallSlot* next = nullptr;
    for (ToolCallSlot& slot : slots_.all()) {
      if (may_open(slot, &slot != &slots_.all().back())) {
        next = &slot;
        break;
      }
      // Whole calls keep their order: one that is not whole yet holds up those behind it.
      if (tools_mode_ == Tools::kBuffered && !slot.opened) break;
    }
    if (next == nullptr) return;
    if (tools_mode_ == Tools::kBuffered) {
      write_whole_tool(*next);
    } else {
      open_tool(*next);
    }
  }
}

void ChatReply::open_tool(ToolCallSlot& slot) {
  ensure_started();
  close_block();
  held_space_.clear();
  slot.opened = true;
  wrote_tool_ = true;
  wrote_anything_ = true;
  std::string id = tool_id_to_client(slot.id, context_.used_tool_ids);
  if (call_ids_.contains(id)) id = tool_id_to_client({}, context_.used_tool_ids);
  call_ids_.insert(id);
  events_.begin_tool_use(id, context_.tool_names.to_client(slot.name));
  open_ = Open::kTool;
  active_ = &slot;
}

void ChatReply::write_arguments(ToolCallSlot& slot) {
  if (slot.pending.empty()) return;
  output_tokens_.feed(slot.pending);
  events_.tool_input(slot.pending);
  std::string().swap(slot.pending);
}

void ChatReply::close_tool() {
  ToolCallSlot& slot = *std::exchange(active_, nullptr);
  write_arguments(slot);
  if (slot.argument_bytes == 0) events_.tool_input("{}");
  events_.end_block();
  slot.closed = true;
  open_ = Open::kNone;
  if (!waiting_reasoning_.empty()) write_reasoning(std::exchange(waiting_reasoning_, {}));
  if (!waiting_text_.empty()) write_text(std::exchange(waiting_text_, {}));
}

void ChatReply::write_whole_tool(ToolCallSlot& slot) {
  const ArgumentsCut cut = finish_reason_ == FinishReason::kLength ? ArgumentsCut::kByLength : ArgumentsCut::kNo;
  std::optional<std::string> input = normalized_arguments(slot.pending, cut, scratch_);
  if (!input) {
    slot.opened = slot.closed = true;
    return;
  }
  slot.pending = std::move(*input);
  slot.argument_bytes = slot.pending.size();
  open_tool(slot);
  close_tool();
}

void ChatReply::ensure_started() {
  if (std::exchange(started_, true)) return;
  AnthropicUsage first_guess = usage_;
  first_guess.output_tokens = 1;
  first_guess.thinking_tokens.reset();
  events_.start(first_guess);
}

void ChatReply::close_block() {
  switch (open_) {
    case Open::kNone: return;
    case Open::kTool:
      close_tool();
      // What waited for the tool's end may have opened another one.
      return close_block();
    case Open::kThinking:
      half_pair_.clear();
      events_.signature(make_gateway_signature(context_.reasoning_tag, std::exchange(untold_thinking_, {})));
      break;
    case Open::kText:
      if (!half_pair_.empty()) events_.text(R"(\ufffd)");
      half_pair_.clear();
      break;
  }
  events_.end_block();
  open_ = Open::kNone;
}

void ChatReply::end() {
  if (state_ == State::kComplete || state_ == State::kFailed) return;
  // A call that was cut off must not look like one to run.
  if (!finish_reason_ && has_cut_call()) return fail(Failure::Kind::kTruncated);
  finish();
}

bool ChatReply::has_cut_call() const {
  const auto& slots = slots_.all();
  return std::any_of(slots.begin(), slots.end(),
                     [](const ToolCallSlot& slot) { return slot.has_arguments() && !slot.complete(); });
}

void ChatReply::end_of_input() {
  if (state_ == State::kOpen && !settings_.eof_is_done) return fail(Failure::Kind::kTruncated);
  end();
}

void ChatReply::finish() {
  if (think_tags_) {
    const ThinkTags::Split rest = think_tags_->finish();
    on_reasoning(rest.reasoning);
    on_text(rest.text);
  }
  close_block();
  for (ToolCallSlot& slot : slots_.all()) {
    if (slot.opened) continue;
    if (slot.name.empty()) {
      dropped_call_ = true;
    } else if (tools_mode_ == Tools::kBuffered) {
      write_whole_tool(slot);
    } else {
      open_tool(slot);
      close_tool();
    }
    close_block();
  }
  if (!wrote_anything_ && dropped_call_) return fail(Failure::Kind::kUnusable);
  if (!usage_known_) guess_usage();
  const AnthropicEnding ending = chat_ending({.finish_reason = finish_reason_.value_or(FinishReason::kStop),
                                              .matched_stop = matched_stop_,
                                              .refusal = refusal_,
                                              .wrote_tool = wrote_tool_,
                                              .usage = usage_},
                                             context_.stop_sequences);
  empty_answer_ = !wrote_anything_ && !reasoned_ && ending.stop_reason == "end_turn";
  ensure_started();
  events_.finish(ending);
  state_ = State::kComplete;
}

void ChatReply::guess_usage() {
  usage_.output_tokens = static_cast<std::int64_t>(output_tokens_.tokens()) + 1;
  if (input_estimate_) usage_.input_tokens = input_estimate_();
}

void ChatReply::give_up(Failure::Kind kind) {
  if (state_ != State::kComplete && state_ != State::kFailed) fail(kind);
}

void ChatReply::fail(Failure::Kind kind, std::string document) {
  failure_ = {kind, std::move(document)};
  state_ = State::kFailed;
}

}  // namespace balancer::gateway

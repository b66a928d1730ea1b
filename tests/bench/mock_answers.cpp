#include "tests/bench/mock_answers.hpp"

#include <fmt/format.h>

#include <string_view>

namespace balancer::bench {
namespace {

constexpr std::size_t kBodyBytes = 2048;

// A body of kBodyBytes, filled up with text between the two.
std::string whole_answer(std::string_view before, std::string_view behind) {
  const std::string text(kBodyBytes - before.size() - behind.size(), 'a');
  return fmt::format(
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_bench\r\ncontent-length: {}\r\n\r\n{}{}{}",
      kBodyBytes, before, text, behind);
}

std::string chunk(std::string_view bytes) { return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes); }

std::string stream_head() {
  return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
         "request-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n";
}

MockAnswers make_anthropic_answers() {
  MockAnswers answers;
  answers.whole = whole_answer(
      R"({"id":"msg_01BenchBenchBenchBenchBe","type":"message","role":"assistant","model":"claude-bench",)"
      R"("content":[{"type":"text","text":")",
      R"("}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":25,)"
      R"("cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":500}})");
  answers.stream_begin =
      stream_head() +
      chunk("event: message_start\n"
            R"(data: {"type":"message_start","message":{"id":"msg_01BenchBenchBenchBenchBe","type":"message",)"
            R"("role":"assistant","model":"claude-bench","content":[],"stop_reason":null,"stop_sequence":null,)"
            R"("usage":{"input_tokens":25,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,)"
            R"("output_tokens":1}}})"
            "\n\nevent: content_block_start\n"
            R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"
            "\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n");
  answers.stream_delta =
      chunk("event: content_block_delta\n"
            R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" a few words"}})"
            "\n\n");
  answers.stream_end =
      chunk("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
            "event: message_delta\n"
            R"(data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},)"
            R"("usage":{"input_tokens":25,"output_tokens":500}})"
            "\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n") +
      "0\r\n\r\n";
  return answers;
}

// One event of a chat stream: what all of them carry, then `rest`.
std::string chat_event(std::string_view rest) {
  return fmt::format(
      R"(data: {{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"chat-bench",)"
      R"("system_fingerprint":"fp_bench",{}}})"
      "\n\n",
      rest);
}

MockAnswers make_chat_answers() {
  MockAnswers answers;
  answers.whole = whole_answer(
      R"({"id":"chatcmpl-bench","object":"chat.completion","created":1700000000,"model":"chat-bench",)"
      R"("choices":[{"index":0,"message":{"role":"assistant","content":")",
      R"("},"logprobs":null,"finish_reason":"stop"}],)"
      R"("usage":{"prompt_tokens":25,"completion_tokens":500,"total_tokens":525}})");
  answers.stream_begin =
      stream_head() +
      chunk(chat_event(
          R"("choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}])"));
  answers.stream_delta = chunk(chat_event(
      R"("choices":[{"index":0,"delta":{"content":" a few words"},"logprobs":null,"finish_reason":null}])"));
  answers.stream_end =
      chunk(chat_event(R"("choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}])") +
            chat_event(
                R"("choices":[],"usage":{"prompt_tokens":25,"completion_tokens":500,"total_tokens":525})") +
            "data: [DONE]\n\n") +
      "0\r\n\r\n";
  return answers;
}

}  // namespace

const MockAnswers& anthropic_answers() {
  static const MockAnswers answers = make_anthropic_answers();
  return answers;
}

const MockAnswers& chat_answers() {
  static const MockAnswers answers = make_chat_answers();
  return answers;
}

}  // namespace balancer::bench

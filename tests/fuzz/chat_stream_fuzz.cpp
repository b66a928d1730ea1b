// Whatever a provider sends, the client gets an event stream of the strict grammar or the beginning of one, and the
// same one however the bytes are cut (protocol.md 4.1, 4.4).
//
// The first byte chooses what the request and the provider's settings were.
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/dialect/openai_response/anthropic_message_writer.hpp"
#include "gateway/dialect/openai_response/anthropic_stream_writer.hpp"
#include "gateway/dialect/openai_response/chat_stream.hpp"
#include "tests/conformance/stream_grammar.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using namespace balancer;           // NOLINT(google-build-using-namespace)
using namespace balancer::gateway;  // NOLINT(google-build-using-namespace)
using balancer::fuzz::complain;

struct Setup {
  ReplyContext context;
  ConversionSettings settings;
  ChatReply::Tools tools = ChatReply::Tools::kLive;
};

Setup make_setup(std::uint8_t choice) {
  Setup setup;
  setup.context.requested_model = "claude-test";
  setup.context.thinking_wanted = (choice & 1) != 0;
  setup.context.thinking_omitted = (choice & 2) != 0;
  setup.context.reasoning_tag = "01234567";
  setup.context.offered_tools = {"ls", "pwd"};
  setup.context.used_tool_ids = {"call_0"};
  setup.context.stop_sequences = {"END"};
  if ((choice & 4) != 0) setup.tools = ChatReply::Tools::kBuffered;
  setup.settings.think_tags = (choice & 8) != 0;
  setup.settings.eof_is_done = (choice & 16) != 0;
  if ((choice & 32) != 0) setup.settings.reasoning_replay = ReasoningReplay::kReasoningContent;
  return setup;
}

struct Converted {
  std::string bytes;
  ChatReply::State state = ChatReply::State::kOpen;
};

// Generated ids and nothing else differ from run to run.
std::string without_ids(std::string bytes) {
  for (const std::string_view prefix : {"msg_", "toolu_"}) {
    constexpr std::size_t kLetters = 24;
    for (std::size_t at = bytes.find(prefix); at != std::string::npos; at = bytes.find(prefix, at + 1)) {
      const std::size_t begin = at + prefix.size();
      const std::size_t end = std::min(begin + kLetters, bytes.size());
      for (std::size_t i = begin; i < end && std::isalnum(static_cast<unsigned char>(bytes[i])); ++i) bytes[i] = '0';
    }
  }
  return bytes;
}

Converted convert(std::string_view input, const Setup& setup, std::size_t piece_size) {
  static ConversionScratch scratch;
  AnthropicStreamWriter writer(setup.context.requested_model);
  ChatStream stream(setup.context, setup.settings, setup.tools, writer, scratch);
  while (!input.empty()) {
    const std::size_t size = std::min(piece_size, input.size());
    stream.feed(input.substr(0, size));
    input.remove_prefix(size);
  }
  stream.end_of_input();
  return {without_ids(writer.output()), stream.reply().state()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Setup setup = make_setup(data[0]);
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);

  const Converted whole = convert(input, setup, input.size() + 1);
  const bool complete = whole.state == ChatReply::State::kComplete;
  if (!complete && whole.state != ChatReply::State::kFailed) complain("neither complete nor failed", whole.bytes);
  const std::string problem = conformance::grammar_problem(
      whole.bytes, complete ? conformance::StreamShape::kWhole : conformance::StreamShape::kBeginning);
  if (!problem.empty()) complain(problem, whole.bytes);

  const Converted pieces = convert(input, setup, 1 + data[1] % 16);
  if (pieces.state != whole.state || pieces.bytes != whole.bytes) complain("other events from pieces", pieces.bytes);
  return 0;
}

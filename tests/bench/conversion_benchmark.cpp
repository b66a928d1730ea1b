// The conversion's own time, beside a simdjson DOM parse of the same body: bench-conversion BODY_FILE [benchmark flags]
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/dialect/openai_request/anthropic_openai_request.hpp"
#include "gateway/dialect/openai_response/anthropic_stream_writer.hpp"
#include "gateway/dialect/openai_response/chat_stream.hpp"
#include "gateway/dialect/token_count/message_tokens.hpp"

namespace {

using namespace balancer;           // NOLINT(google-build-using-namespace)
using namespace balancer::gateway;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kPadding = 64;
constexpr int kOpenStreams = 200;

std::string g_body;

std::string_view body() { return std::string_view(g_body).substr(0, g_body.size() - kPadding); }

void dom_parse(benchmark::State& state) {
  simdjson::dom::parser parser;
  for (auto _ : state) {
    simdjson::dom::element root;
    if (parser.parse(g_body.data(), body().size(), /*realloc_if_needed=*/false).get(root)) state.SkipWithError("not JSON");
    benchmark::DoNotOptimize(root);
  }
}

void convert_request(benchmark::State& state) {
  const ConversionSettings settings;
  const ConversionTarget target{.provider = "p", .upstream_model = "m", .settings = settings, .session_id = {}};
  JsonDocument document;
  for (auto _ : state) {
    auto converted = convert_messages_request(body(), target, document);
    if (!converted) state.SkipWithError("refused");
    benchmark::DoNotOptimize(converted);
  }
}

void estimate_tokens(benchmark::State& state) {
  JsonDocument document;
  for (auto _ : state) {
    const auto root = document.read(body());
    benchmark::DoNotOptimize(estimate_input_tokens(*root, "claude-sonnet-4-5"));
  }
}

const std::string kTextEvent =
    "data: {\"id\":\"chatcmpl-123\",\"object\":\"chat.completion.chunk\",\"created\":1694268190,\"model\":\"gpt-x\","
    "\"system_fingerprint\":\"fp_44709d6fcb\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" words\\n\"},"
    "\"logprobs\":null,\"finish_reason\":null}]}\n\n";
const std::string kToolBegin =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\","
    "\"function\":{\"name\":\"ls\",\"arguments\":\"{\\\"a\\\":\\\"\"}}]}}]}\n\n";
const std::string kToolEvent =
    "data: {\"id\":\"chatcmpl-123\",\"object\":\"chat.completion.chunk\",\"created\":1694268190,\"model\":\"gpt-x\","
    "\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"word \"}}]},"
    "\"finish_reason\":null}]}\n\n";

// One open stream of which everything written is taken at once.
struct OpenStream {
  explicit OpenStream(ConversionScratch& scratch)
      : writer("claude-test"), stream(context, settings, ChatReply::Tools::kLive, writer, scratch) {}

  std::size_t feed(const std::string& event) {
    stream.feed(event);
    const std::size_t size = writer.output().size();
    writer.output().clear();
    return size;
  }

  ReplyContext context;
  ConversionSettings settings;
  AnthropicStreamWriter writer;
  ChatStream stream;
};

void convert_text_event(benchmark::State& state) {
  ConversionScratch scratch;
  OpenStream open(scratch);
  for (auto _ : state) benchmark::DoNotOptimize(open.feed(kTextEvent));
}

void convert_tool_event(benchmark::State& state) {
  ConversionScratch scratch;
  OpenStream open(scratch);
  open.feed(kToolBegin);
  for (auto _ : state) benchmark::DoNotOptimize(open.feed(kToolEvent));
}

// Heap bytes of an open stream after `events` events: they must not grow with it.
std::size_t bytes_a_stream(int events) {
  ConversionScratch scratch;
  const std::size_t before = mallinfo2().uordblks;
  std::vector<std::unique_ptr<OpenStream>> streams;
  streams.reserve(kOpenStreams);
  for (int i = 0; i < kOpenStreams; ++i) {
    streams.push_back(std::make_unique<OpenStream>(scratch));
    streams.back()->feed(kTextEvent);
    streams.back()->feed(kToolBegin);
    for (int event = 0; event < events; ++event) streams.back()->feed(kToolEvent);
  }
  return (mallinfo2().uordblks - before) / kOpenStreams;
}

BENCHMARK(dom_parse)->Unit(benchmark::kMicrosecond);
BENCHMARK(convert_request)->Unit(benchmark::kMicrosecond);
BENCHMARK(estimate_tokens)->Unit(benchmark::kMicrosecond);
BENCHMARK(convert_text_event);
BENCHMARK(convert_tool_event);

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s BODY_FILE [benchmark flags]\n", argv[0]);
    return 2;
  }
  std::ifstream file(argv[1], std::ios::binary);
  g_body.assign(std::istreambuf_iterator<char>(file), {});
  if (g_body.empty()) {
    std::fprintf(stderr, "%s is empty\n", argv[1]);
    return 1;
  }
  g_body.resize(g_body.size() + kPadding, '\0');
  // Whoever looks at one function does not want to see the memory too.
  const bool filtered = std::any_of(
      argv, argv + argc, [](std::string_view flag) { return flag.starts_with("--benchmark_filter"); });
  int left = argc - 1;
  benchmark::Initialize(&left, argv + 1);
  benchmark::RunSpecifiedBenchmarks();
  if (filtered) return 0;
  const std::size_t young = bytes_a_stream(10);
  const std::size_t old = bytes_a_stream(1000);
  std::printf("heap bytes a stream after 10 events: %zu, after 1000: %zu\n", young, old);
  // The one thing here that is no matter of speed.
  return old > young ? 1 : 0;
}

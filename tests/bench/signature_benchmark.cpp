// What a Messages request costs before it is routed: scan, session and signature, each and together, beside simdjson's
// first stage and SHA-256 of the same bytes: bench-signature BODY_FILE... [benchmark flags]
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/digest/sha256.hpp"
#include "gateway/dialect/session_identity.hpp"
#include "gateway/dialect/signature/messages_signature.hpp"

namespace {

using namespace balancer;           // NOLINT(google-build-using-namespace)
using namespace balancer::gateway;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kPadding = 64;

// A request body with room behind it.
class Body {
 public:
  explicit Body(std::string text) : text_(std::move(text)), size_(text_.size()) { text_.resize(size_ + kPadding); }

  [[nodiscard]] std::string_view view() const { return std::string_view(text_).substr(0, size_); }

 private:
  std::string text_;
  std::size_t size_;
};

// What Claude Code sends.
constexpr auto kFields = std::to_array<http::HeaderField>({
    {"Accept", "application/json"},
    {"Content-Type", "application/json"},
    {"User-Agent", "claude-cli/2.1.330 (external, cli)"},
    {"X-Claude-Code-Session-Id", "6b1f9e0a-6d53-4b8e-9a50-0d5f3e7f3c1d"},
    {"X-Stainless-Arch", "x64"},
    {"X-Stainless-Lang", "js"},
    {"X-Stainless-OS", "Linux"},
    {"X-Stainless-Package-Version", "0.128.0"},
    {"X-Stainless-Retry-Count", "0"},
    {"X-Stainless-Runtime", "node"},
    {"X-Stainless-Runtime-Version", "v26.12.1"},
    {"X-Stainless-Timeout", "600"},
    {"anthropic-beta",
     "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,"
     "mid-conversation-tool-changes-2026-07-01,thinking-token-count-2026-05-13,advanced-tool-use-2025-11-20,"
     "effort-2025-11-24"},
    {"anthropic-dangerous-direct-browser-access", "true"},
    {"anthropic-version", "2023-06-01"},
    {"x-api-key", "sk-ant-api03-0123456789abcdefghijklmnopqrstuvwxyz"},
    {"x-app", "cli"},
    {"Connection", "keep-alive"},
    {"Host", "127.0.0.1:8080"},
    {"Content-Length", "120000"},
    {"Accept-Encoding", "gzip, deflate, br, zstd"},
});

SignatureContext make_context() {
  SignatureContext context;
  context.caller = "team";
  context.client_fields = kFields;
  context.query = "beta=true";
  return context;
}

MessagesRequest scanned(const Body& body) {
  JsonObjectScanner scanner;
  return scan_messages_request(body.view(), scanner).value();
}

void first_stage(benchmark::State& state, const Body& body) {
  JsonMarks marks;
  for (auto _ : state) benchmark::DoNotOptimize(marks.find(body.view()));
}

void plain_sha256(benchmark::State& state, const Body& body) {
  for (auto _ : state) benchmark::DoNotOptimize(sha256(body.view()));
}

void read_document(benchmark::State& state, const Body& body) {
  JsonDocument document;
  for (auto _ : state) {
    auto root = document.read(body.view());
    benchmark::DoNotOptimize(root);
  }
}

void scan(benchmark::State& state, const Body& body) {
  JsonObjectScanner scanner;
  for (auto _ : state) benchmark::DoNotOptimize(scan_messages_request(body.view(), scanner));
}

// As it goes to a provider that knows the model by another name.
void scan_and_splice(benchmark::State& state, const Body& body) {
  JsonObjectScanner scanner;
  for (auto _ : state) {
    const MessagesRequest request = scan_messages_request(body.view(), scanner).value();
    const std::vector<BodyEdit> edits =
        passthrough_edits(request, "another-model", request.gateway_thinking_removals);
    benchmark::DoNotOptimize(apply_edits(body.view(), edits));
  }
}

void session_by_header(benchmark::State& state, const Body& body) {
  const MessagesRequest request = scanned(body);
  const SessionHints hints{.caller = "team", .session_id = "6b1f9e0a-6d53-4b8e-9a50-0d5f3e7f3c1d"};
  for (auto _ : state) benchmark::DoNotOptimize(identify_session(hints, request, body.view()));
}

void session_by_beginning(benchmark::State& state, const Body& body) {
  const MessagesRequest request = scanned(body);
  for (auto _ : state) benchmark::DoNotOptimize(identify_session({.caller = "team"}, request, body.view()));
}

void signature(benchmark::State& state, const Body& body) {
  const MessagesRequest request = scanned(body);
  const SignatureContext context = make_context();
  JsonDocument document;
  for (auto _ : state) {
    const auto signature = sign_messages_request(context, request, body.view(), document);
    if (!signature) state.SkipWithError("refused");
    benchmark::DoNotOptimize(signature);
  }
}

void all(benchmark::State& state, const Body& body) {
  const SignatureContext context = make_context();
  JsonObjectScanner scanner;
  JsonDocument document;
  for (auto _ : state) {
    const MessagesRequest request = scan_messages_request(body.view(), scanner).value();
    benchmark::DoNotOptimize(identify_session({.caller = "team"}, request, body.view(), scanner));
    benchmark::DoNotOptimize(sign_messages_request(context, request, body.view(), scanner, document));
  }
}

void register_benchmarks(const Body& body) {
  const auto add = [&body](const char* name, void (*function)(benchmark::State&, const Body&)) {
    const std::string full_name = std::string(name) + '/' + std::to_string(body.view().size());
    benchmark::RegisterBenchmark(full_name.c_str(), [function, &body](benchmark::State& state) {
      function(state, body);
    })->Unit(benchmark::kMicrosecond);
  };
  add("first_stage", first_stage);
  add("plain_sha256", plain_sha256);
  add("read_document", read_document);
  add("scan", scan);
  add("scan_and_splice", scan_and_splice);
  add("session_by_header", session_by_header);
  add("session_by_beginning", session_by_beginning);
  add("signature", signature);
  add("all", all);
}

// Heap bytes that remain after `times` signatures: they must not grow with them.
std::size_t bytes_after(int times, const Body& body) {
  const MessagesRequest request = scanned(body);
  const SignatureContext context = make_context();
  JsonDocument document;
  const std::size_t before = mallinfo2().uordblks;
  for (int i = 0; i < times; ++i) {
    benchmark::DoNotOptimize(sign_messages_request(context, request, body.view(), document));
  }
  return mallinfo2().uordblks - before;
}

std::optional<Body> read_body(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (text.empty()) return std::nullopt;
  return Body(std::move(text));
}

}  // namespace

int main(int argc, char** argv) {
  // Whoever looks at one function does not want to see the memory too.
  const bool filtered = std::any_of(
      argv, argv + argc, [](std::string_view flag) { return flag.starts_with("--benchmark_filter"); });
  benchmark::Initialize(&argc, argv);
  std::deque<Body> bodies;
  for (int i = 1; i < argc; ++i) {
    std::optional<Body> body = read_body(argv[i]);
    if (!body) {
      std::fprintf(stderr, "%s is empty\n", argv[i]);
      return 1;
    }
    register_benchmarks(bodies.emplace_back(std::move(*body)));
  }
  if (bodies.empty()) {
    std::fprintf(stderr, "usage: %s BODY_FILE... [benchmark flags]\n", argv[0]);
    return 2;
  }
  benchmark::RunSpecifiedBenchmarks();
  if (filtered) return 0;
  const std::size_t first = bytes_after(1, bodies.front());
  const std::size_t later = bytes_after(100, bodies.front());
  std::printf("heap bytes kept after 1 signature: %zu, after 100: %zu\n", first, later);
  // The one thing here that is no matter of speed.
  return later > first ? 1 : 0;
}

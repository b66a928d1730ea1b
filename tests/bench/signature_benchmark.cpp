// A signature's own time, beside SHA-256 of the same body and a reading of it: bench-signature BODY_FILE [benchmark flags]
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "common/digest/sha256.hpp"
#include "gateway/dialect/signature/messages_signature.hpp"

namespace {

using namespace balancer;           // NOLINT(google-build-using-namespace)
using namespace balancer::gateway;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kPadding = 64;

std::string g_body;

std::string_view body() { return std::string_view(g_body).substr(0, g_body.size() - kPadding); }

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

MessagesRequest scanned_body() {
  JsonObjectScanner scanner;
  return scan_messages_request(body(), scanner).value();
}

void plain_sha256(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(sha256(body()));
}

void read_document(benchmark::State& state) {
  JsonDocument document;
  for (auto _ : state) {
    auto root = document.read(body());
    benchmark::DoNotOptimize(root);
  }
}

void sign_request(benchmark::State& state) {
  const MessagesRequest request = scanned_body();
  const SignatureContext context = make_context();
  JsonDocument document;
  for (auto _ : state) {
    const auto signature = sign_messages_request(context, request, body(), document);
    if (!signature) state.SkipWithError("refused");
    benchmark::DoNotOptimize(signature);
  }
}

// Heap bytes that remain after `times` signatures: they must not grow with them.
std::size_t bytes_after(int times) {
  const MessagesRequest request = scanned_body();
  const SignatureContext context = make_context();
  JsonDocument document;
  const std::size_t before = mallinfo2().uordblks;
  for (int i = 0; i < times; ++i) benchmark::DoNotOptimize(sign_messages_request(context, request, body(), document));
  return mallinfo2().uordblks - before;
}

BENCHMARK(plain_sha256)->Unit(benchmark::kMicrosecond);
BENCHMARK(read_document)->Unit(benchmark::kMicrosecond);
BENCHMARK(sign_request)->Unit(benchmark::kMicrosecond);

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
  const std::size_t first = bytes_after(1);
  const std::size_t later = bytes_after(100);
  std::printf("heap bytes kept after 1 signature: %zu, after 100: %zu\n", first, later);
  // The one thing here that is no matter of speed.
  return later > first ? 1 : 0;
}

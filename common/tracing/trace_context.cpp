#include "common/tracing/trace_context.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <random>
#include <span>

namespace balancer::tracing {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
// "00-" trace "-" span "-" flags
constexpr std::size_t kLength = 55;
constexpr std::size_t kTraceAt = 3;
constexpr std::size_t kSpanAt = 36;
constexpr std::size_t kFlagsAt = 53;
constexpr unsigned kSampledFlag = 1;

std::string to_hex(std::span<const std::byte> bytes) {
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const std::byte byte : bytes) {
    hex += kDigits[std::to_integer<unsigned>(byte >> 4)];
    hex += kDigits[std::to_integer<unsigned>(byte & std::byte{0x0f})];
  }
  return hex;
}

// Of a lower-case digit; above 15 for any other letter.
constexpr unsigned digit_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return 16;
}

// `hex` has two digits for each byte.
bool read_hex(std::string_view hex, std::span<std::byte> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned high = digit_value(hex[2 * i]);
    const unsigned low = digit_value(hex[2 * i + 1]);
    if (high > 15 || low > 15) return false;
    bytes[i] = static_cast<std::byte>(high << 4 | low);
  }
  return true;
}

std::optional<std::byte> read_byte(std::string_view hex) {
  std::byte byte{};
  if (!read_hex(hex, {&byte, 1})) return std::nullopt;
  return byte;
}

template <class Id>
bool is_zero(const Id& id) {
  return std::all_of(id.bytes.begin(), id.bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

// A seed of one number would let two threads among some ten thousand draw the same identifiers.
std::mt19937_64 seeded_generator() {
  std::array<std::random_device::result_type, 16> entropy{};
  std::random_device device;
  std::generate(entropy.begin(), entropy.end(), std::ref(device));
  std::seed_seq seed(entropy.begin(), entropy.end());
  return std::mt19937_64(seed);
}

template <class Id>
Id random_id() {
  thread_local std::mt19937_64 generator = seeded_generator();
  Id id;
  do {
    for (std::size_t at = 0; at < id.bytes.size(); at += sizeof(std::uint64_t)) {
      const std::uint64_t bits = generator();
      std::memcpy(id.bytes.data() + at, &bits, sizeof bits);
    }
  } while (is_zero(id));
  return id;
}

}  // namespace

std::string to_string(const TraceId& id) { return to_hex(id.bytes); }

std::string to_string(const SpanId& id) { return to_hex(id.bytes); }

std::optional<TraceContext> parse_traceparent(std::string_view value) {
  if (value.size() < kLength) return std::nullopt;
  const std::optional<std::byte> version = read_byte(value.substr(0, 2));
  if (!version || *version == std::byte{0xff}) return std::nullopt;
  if (value.size() > kLength && (*version == std::byte{0} || value[kLength] != '-')) return std::nullopt;
  if (value[kTraceAt - 1] != '-' || value[kSpanAt - 1] != '-' || value[kFlagsAt - 1] != '-') return std::nullopt;

  TraceContext context;
  if (!read_hex(value.substr(kTraceAt), context.trace.bytes) || is_zero(context.trace)) return std::nullopt;
  if (!read_hex(value.substr(kSpanAt), context.span.bytes) || is_zero(context.span)) return std::nullopt;
  const std::optional<std::byte> flags = read_byte(value.substr(kFlagsAt, 2));
  if (!flags) return std::nullopt;
  context.sampled = (std::to_integer<unsigned>(*flags) & kSampledFlag) != 0;
  return context;
}

std::string to_traceparent(const TraceContext& context) {
  return "00-" + to_string(context.trace) + '-' + to_string(context.span) + (context.sampled ? "-01" : "-00");
}

TraceContext begin_trace() {
  return {.trace = random_id<TraceId>(), .span = random_id<SpanId>(), .sampled = true};
}

TraceContext child_of(const TraceContext& parent) {
  return {.trace = parent.trace, .span = random_id<SpanId>(), .sampled = parent.sampled};
}

}  // namespace balancer::tracing

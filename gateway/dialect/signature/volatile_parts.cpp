#include "gateway/dialect/signature/volatile_parts.hpp"

#include <algorithm>
#include <array>

#include "common/http/loop_guard.hpp"
#include "common/text/ascii.hpp"

namespace balancer::gateway {
namespace {

template <std::size_t kCount>
constexpr std::array<std::string_view, kCount> sorted_by_size(std::array<std::string_view, kCount> names) {
  std::sort(names.begin(), names.end(),
            [](std::string_view left, std::string_view right) { return left.size() < right.size(); });
  return names;
}

// Lower case.
constexpr auto kVolatileHeaders = sorted_by_size(std::to_array<std::string_view>({
    // Between two hops, or made anew for each provider (protocol.md 1.3).
    "connection", "content-encoding", "content-length", "content-type", "expect", "host", "http2-settings",
    "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "via",
    // Which gateways it has come through.
    http::kViaField,
    // The form of the answer: streamed or not, in which encoding. The gateway writes each client its own. "accept-language"
    // is what a runtime adds by itself ("*").
    "accept", "accept-charset", "accept-encoding", "accept-language",
    // Which program asks, not what.
    "user-agent", "x-app",
    // Names of the single request: every retry has new ones.
    "baggage", "idempotency-key", "request-id", "traceparent", "tracestate", "x-amzn-trace-id", "x-client-request-id",
    "x-cloud-trace-context", "x-correlation-id", "x-request-id", "x-trace-id",
    // Never forwarded: what a browser adds, and which way the request came.
    "anthropic-dangerous-direct-browser-access", "cf-connecting-ip", "cf-ipcountry", "cf-ray", "cf-visitor",
    "cf-warp-tag-id", "forwarded", "openai-beta", "origin", "referer", "true-client-ip", "x-forwarded-for",
    "x-forwarded-host", "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-proto", "x-forwarded-server",
    "x-real-ip",
    // For caches: whether an answer may be taken from one, not what it says.
    "cache-control", "pragma",
}));
constexpr auto kVolatilePrefixes = std::to_array<std::string_view>({
    // Never forwarded: what a browser adds.
    "access-control-", "sec-",
    // Session, agent and prompt: a session asks the same question as another.
    "x-claude-code-",
    // An SDK about itself: platform, time-out, number of the retry.
    "x-stainless-",
});

constexpr std::size_t kLongestName = kVolatileHeaders.back().size();

// Where in the list the names of each size begin; a request has twenty headers, and few listed names are as long as one.
constexpr auto kSizeBegins = [] {
  std::array<std::size_t, kLongestName + 2> begins{};
  for (std::size_t size = 0; size < begins.size(); ++size) {
    while (begins[size] < kVolatileHeaders.size() && kVolatileHeaders[begins[size]].size() < size) ++begins[size];
  }
  return begins;
}();

bool is_listed(std::string_view name) {
  if (name.size() > kLongestName) return false;
  for (std::size_t i = kSizeBegins[name.size()]; i < kSizeBegins[name.size() + 1]; ++i) {
    if (ascii_iequal(name, kVolatileHeaders[i])) return true;
  }
  return false;
}

// "0" asks for no answer at all and what is no such number is refused (protocol.md 2.2): neither is shared with others.
bool is_positive_integer(JsonValue value) {
  const std::string_view digits = value.raw();
  return digits.front() != '0' &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool is_volatile_header(std::string_view name) {
  return is_listed(name) ||
         std::any_of(kVolatilePrefixes.begin(), kVolatilePrefixes.end(),
                     [&](std::string_view prefix) { return ascii_istarts_with(name, prefix); });
}

MemberRule rule_of(const JsonField& member, bool include_max_tokens) {
  const auto is = [&](std::string_view name) { return says(member.raw_key, name); };
  // An answer is rendered as each client wants it.
  if (is("stream")) return MemberRule::kLeftOut;
  // A part of its own, escapes resolved.
  if (is("model")) return MemberRule::kLeftOut;
  // The gateway's pin is a part of its own; an object is OpenRouter's preference.
  if (is("provider")) return member.value.is_string() ? MemberRule::kLeftOut : MemberRule::kCounts;
  // Clients ask the same with another limit when they retry; answers that met theirs are not kept.
  if (is("max_tokens") && !include_max_tokens && is_positive_integer(member.value)) return MemberRule::kPresenceCounts;
  // A session asks the same question as another.
  if (is("metadata")) return MemberRule::kMetadata;
  if (is("output_config") || is("output_format")) return MemberRule::kOutputFormat;
  return MemberRule::kCounts;
}

}  // namespace balancer::gateway

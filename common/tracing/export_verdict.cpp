#include "common/tracing/export_verdict.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "common/upstream/retry_after.hpp"

namespace balancer::tracing {
namespace {

using nlohmann::json;

bool is_retryable(int status) { return status == 429 || status == 502 || status == 503 || status == 504; }

bool is_retryable(UpstreamFailureKind kind) {
  switch (kind) {
    case UpstreamFailureKind::kResolve:
    case UpstreamFailureKind::kConnect:
    case UpstreamFailureKind::kConnectTimeout:
    case UpstreamFailureKind::kProxy:
    case UpstreamFailureKind::kTls:
    case UpstreamFailureKind::kTlsTimeout:
    case UpstreamFailureKind::kResetBeforeHead:
      return true;
    case UpstreamFailureKind::kFirstByteTimeout:
    case UpstreamFailureKind::kTruncated:
    case UpstreamFailureKind::kIdleTimeout:
    case UpstreamFailureKind::kTotalTimeout:
    case UpstreamFailureKind::kMalformed:
    case UpstreamFailureKind::kTooLarge:
    case UpstreamFailureKind::kCancelled:
      return false;
  }
  return false;
}

// An int64 is a string in protobuf's JSON mapping; a number is tolerated.
std::uint64_t to_count(const json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (!value.is_string()) return 0;
  const auto& text = value.get_ref<const std::string&>();
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  return error == std::errc() && end == text.data() + text.size() ? count : 0;
}

std::uint64_t rejected_spans(std::string_view body) {
  const json answer = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) return 0;
  const auto partial = answer.find("partialSuccess");
  if (partial == answer.end() || !partial->is_object()) return 0;
  const auto rejected = partial->find("rejectedSpans");
  return rejected == partial->end() ? 0 : to_count(*rejected);
}

}  // namespace

ExportVerdict judge_answer(const ExportAnswer& answer, std::chrono::system_clock::time_point now) {
  using Kind = ExportVerdict::Kind;
  ExportVerdict verdict;
  if (answer.status / 100 == 2) {
    verdict.kind = Kind::kDelivered;
    verdict.rejected = rejected_spans(answer.body);
    return verdict;
  }
  verdict.reason = "status " + std::to_string(answer.status);
  if (!is_retryable(answer.status)) return verdict;
  verdict.kind = Kind::kTryLater;
  verdict.retry_after = parse_retry_after(answer.retry_after, now);
  return verdict;
}

ExportVerdict judge_failure(const UpstreamFailure& failure) {
  ExportVerdict verdict;
  verdict.kind = is_retryable(failure.kind) ? ExportVerdict::Kind::kTryLater : ExportVerdict::Kind::kLost;
  verdict.reason = std::string(to_string(failure.kind)) + ": " + failure.detail;
  return verdict;
}

}  // namespace balancer::tracing

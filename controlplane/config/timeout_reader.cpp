#include "controlplane/config/timeout_reader.hpp"

#include <algorithm>
#include <vector>

#include "controlplane/config/unsupported_keys.hpp"

namespace balancer::controlplane {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortest{1};

// connect_timeout of the two kinds of request; the connections are the same.
void read_connect_timeouts(std::vector<YamlMap*> kinds, Timeouts& timeouts) {
  std::vector<milliseconds> values;
  for (YamlMap* const kind : kinds) {
    const auto value = kind->find("connect_timeout");
    const auto duration = value ? value->duration(kShortest) : std::nullopt;
    if (!duration) continue;
    if (!values.empty() && values.front() != *duration) {
      value->warning("differs from the other connect_timeout; connections are shared, so the longer one counts");
    }
    values.push_back(*duration);
  }
  if (!values.empty()) timeouts.connect = *std::max_element(values.begin(), values.end());
}

}  // namespace

Timeouts read_timeouts(YamlMap& settings, YamlMap& timeouts) {
  Timeouts result;
  YamlMap streaming = timeouts.map("streaming");
  YamlMap non_streaming = timeouts.map("non_streaming");
  read_connect_timeouts({&streaming, &non_streaming}, result);
  result.connect = timeouts.duration("connect", result.connect, kShortest);
  result.tls_handshake = timeouts.duration("tls_handshake", result.tls_handshake, kShortest);

  const milliseconds silence = streaming.duration("read_timeout", milliseconds(0), kShortest);
  if (silence.count() > 0) result.streaming_first_byte = result.idle = silence;
  result.streaming_first_byte = streaming.duration("first_byte", result.streaming_first_byte, kShortest);
  result.non_streaming_first_byte =
      non_streaming.duration({"first_byte", "read_timeout"}, result.non_streaming_first_byte, kShortest);
  result.idle = timeouts.duration("idle", result.idle, kShortest);
  result.content_idle = timeouts.duration("content_idle", result.content_idle, kShortest);
  result.until_commit = settings.duration("timeout_seconds", result.until_commit, kShortest);
  result.until_commit = timeouts.duration("until_commit", result.until_commit, kShortest);
  result.stream_total = timeouts.duration("stream_total", result.stream_total, kShortest);

  ignore_unsupported_timeout_keys(streaming);
  ignore_unsupported_timeout_keys(non_streaming);
  timeouts.ignore("health_check", "is ignored: a provider's own health_check has its timeout");
  return result;
}

}  // namespace balancer::controlplane

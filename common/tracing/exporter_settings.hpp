// Where spans are sent and how, as OpenTelemetry's environment variables say.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "common/config/secret.hpp"
#include "common/config/variable_substitution.hpp"
#include "common/error/error.hpp"
#include "common/tracing/collector_url.hpp"
#include "common/tracing/resource.hpp"

namespace balancer::tracing {

using Environment = VariableLookup;

struct ExportHeader {
  std::string name;
  Secret value;
  friend bool operator==(const ExportHeader&, const ExportHeader&) = default;
};

// How often a batch is sent when the collector cannot be reached or asks for a later try.
struct RetryLimits {
  unsigned attempts = 5;
  // Doubles from failure to failure, until something is delivered.
  std::chrono::milliseconds first_delay{1'000};
  std::chrono::milliseconds longest_delay{30'000};
  // Of a Retry-After, what is waited for.
  std::chrono::milliseconds longest_retry_after{300'000};
};

struct ExporterSettings {
  CollectorUrl url;
  std::vector<ExportHeader> headers;
  // PEM file with the authorities to trust instead of the system's; empty for those.
  std::string ca_file;
  // Of one request.
  std::chrono::milliseconds timeout{10'000};
  Resource resource;
  // Spans that wait, and spans of one request.
  std::size_t queue_limit = 2048;
  std::size_t batch_limit = 512;
  // A batch that is not full is sent after that.
  std::chrono::milliseconds delay{5'000};
  RetryLimits retry{};
  // How long the exporter's end may take.
  std::chrono::milliseconds close_limit{1'500};
};

// Nothing when tracing is off: no endpoint is set and no exporter asked for, or one of the two switches says so. An
// error when spans would not arrive as the environment asks: the message names the variable and holds no value that may
// be a secret. Numbers and lists that cannot be read are logged and passed over, as OpenTelemetry wants it.
// `program` is what the program says of itself; the environment has the last word.
[[nodiscard]] Result<std::optional<ExporterSettings>> exporter_settings(const Environment& environment,
                                                                        Resource program = {});

}  // namespace balancer::tracing

#include "common/tracing/exporter_settings.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "common/log/log.hpp"
#include "common/text/ascii.hpp"
#include "common/tracing/key_value_list.hpp"
#include "common/tracing/resource_environment.hpp"
#include "common/tracing/variables.hpp"

namespace balancer::tracing {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kDefaultEndpoint = "http://localhost:4318";
constexpr std::string_view kTracesPath = "/v1/traces";
constexpr std::int64_t kLongestMilliseconds = std::chrono::milliseconds(24h).count();
constexpr std::int64_t kLargestQueue = 1'000'000;

Error refusal(std::string_view variable, std::string_view why) {
  return {ErrorCode::kInvalidRequest, std::string(variable) + ' ' + std::string(why), {}};
}

Result<bool> asked_for(const Variables& variables) {
  if (ascii_iequal(variables.value("OTEL_SDK_DISABLED").value_or(""), "true")) return false;
  const std::optional<std::string> exporter = variables.value("OTEL_TRACES_EXPORTER");
  if (exporter == "none") return false;
  if (exporter && exporter != "otlp") return refusal("OTEL_TRACES_EXPORTER", "must be otlp or none");
  return exporter || variables.value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ||
         variables.value("OTEL_EXPORTER_OTLP_ENDPOINT");
}

Result<CollectorUrl> collector_url(const Variables& variables) {
  if (const auto exact = variables.value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")) {
    const Result<CollectorUrl> url = parse_collector_url(*exact);
    if (!url) return refusal("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", url.error().message);
    return url;
  }
  const std::string base = variables.value("OTEL_EXPORTER_OTLP_ENDPOINT").value_or(std::string(kDefaultEndpoint));
  Result<CollectorUrl> url = parse_collector_url(base);
  if (!url) return refusal("OTEL_EXPORTER_OTLP_ENDPOINT", url.error().message);
  if (url->path.ends_with('/')) url->path.pop_back();
  url->path += kTracesPath;
  return url;
}

Result<void> check_protocol(const Variables& variables) {
  const std::optional<NamedValue> protocol = variables.otlp("PROTOCOL");
  if (protocol && protocol->value != "http/json") {
    return refusal(protocol->name, "must be http/json, the only protocol that is spoken");
  }
  return {};
}

bool is_field_name(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return std::all_of(name.begin(), name.end(), [&](char c) {
    const char letter = ascii_lower(c);
    return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

// The exporter's own.
bool frames_message(std::string_view name) {
  constexpr std::string_view kOwn[] = {"host", "content-length", "content-type", "transfer-encoding",
                                       "connection", "expect", "te", "upgrade", "content-encoding"};
  return std::any_of(std::begin(kOwn), std::end(kOwn), [&](std::string_view own) { return ascii_iequal(own, name); });
}

Result<std::vector<ExportHeader>> headers(const Variables& variables) {
  std::vector<ExportHeader> result;
  const std::optional<NamedValue> text = variables.otlp("HEADERS");
  if (!text) return result;
  auto list = parse_key_value_list(text->value);
  if (!list) return refusal(text->name, "must be a list like name=value,name=value with percent-encoded values");
  for (KeyValue& member : *list) {
    if (!is_field_name(member.key) || !is_field_value(member.value)) {
      return refusal(text->name, "holds what cannot be an HTTP header");
    }
    if (frames_message(member.key)) return refusal(text->name, "must not set the header " + ascii_lower(member.key));
    result.push_back({std::move(member.key), Secret(std::move(member.value))});
  }
  return result;
}

std::chrono::milliseconds timeout(const Variables& variables, std::chrono::milliseconds otherwise) {
  const std::optional<NamedValue> text = variables.otlp("TIMEOUT");
  if (!text) return otherwise;
  const std::int64_t most = kLongestMilliseconds;
  const std::int64_t number = variables.number(text->name, 0, most).value_or(otherwise.count());
  // Nought is for ever.
  return std::chrono::milliseconds(number == 0 ? most : number);
}

void read_batching(const Variables& variables, ExporterSettings& settings) {
  if (const auto delay = variables.number("OTEL_BSP_SCHEDULE_DELAY", 0, kLongestMilliseconds)) {
    settings.delay = std::chrono::milliseconds(*delay);
  }
  if (const auto limit = variables.number("OTEL_BSP_MAX_QUEUE_SIZE", 1, kLargestQueue)) {
    settings.queue_limit = static_cast<std::size_t>(*limit);
  }
  if (const auto limit = variables.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 1, kLargestQueue)) {
    settings.batch_limit = static_cast<std::size_t>(*limit);
  }
  settings.batch_limit = std::min(settings.batch_limit, settings.queue_limit);
}

void tell_unsupported(const Variables& variables) {
  for (const std::string_view name : {"COMPRESSION", "CLIENT_CERTIFICATE", "CLIENT_KEY"}) {
    const std::optional<NamedValue> setting = variables.otlp(name);
    if (!setting || setting->value == "none") continue;
    log::warn("the export of traces does not know this setting", {{"variable", setting->name}});
  }
}

}  // namespace

Result<std::optional<ExporterSettings>> exporter_settings(const Environment& environment, Resource program) {
  const Variables variables(environment);
  const Result<bool> wanted = asked_for(variables);
  if (!wanted) return wanted.error();
  if (!*wanted) return std::optional<ExporterSettings>();

  if (const Result<void> protocol = check_protocol(variables); !protocol) return protocol.error();
  Result<CollectorUrl> url = collector_url(variables);
  if (!url) return url.error();
  Result<std::vector<ExportHeader>> sent = headers(variables);
  if (!sent) return sent.error();

  ExporterSettings settings;
  settings.url = *std::move(url);
  settings.headers = *std::move(sent);
  if (const auto authorities = variables.otlp("CERTIFICATE")) settings.ca_file = authorities->value;
  settings.timeout = timeout(variables, settings.timeout);
  settings.resource = described_by(variables, std::move(program));
  read_batching(variables, settings);
  tell_unsupported(variables);
  return std::optional(std::move(settings));
}

}  // namespace balancer::tracing

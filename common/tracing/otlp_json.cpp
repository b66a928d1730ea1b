#include "common/tracing/otlp_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>


namespace balancer::tracing {
namespace {

using nlohmann::json;

// opentelemetry.proto.trace.v1.Span.SpanKind.
constexpr int kInternalKind = 1;
constexpr int kServerKind = 2;
constexpr int kClientKind = 3;

// Written as it comes: a tree of JSON values first would cost several times as much.
void append_string(std::string& out, std::string_view text) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
  if (!plain) {
    out += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

template <class Element, class Append>
void append_array(std::string& out, std::span<const Element> elements, const Append& append) {
  out += '[';
  bool first = true;
  for (const Element& element : elements) {
    if (!std::exchange(first, false)) out += ',';
    append(out, element);
  }
  out += ']';
}

// JSON has no number for some; protobuf's mapping has words.
void append_double(std::string& out, double value) {
  if (std::isnan(value)) {
    out += R"("NaN")";
  } else if (std::isinf(value)) {
    out += value > 0 ? R"("Infinity")" : R"("-Infinity")";
  } else {
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
}

struct AppendValue {
  std::string& out;

  void operator()(const std::string& text) const {
    out += R"({"stringValue":)";
    append_string(out, text);
  }
  void operator()(std::int64_t number) const {
    fmt::format_to(std::back_inserter(out), R"({{"intValue":"{}")", number);
  }
  void operator()(double number) const {
    out += R"({"doubleValue":)";
    append_double(out, number);
  }
  void operator()(bool flag) const { out += flag ? R"({"boolValue":true)" : R"({"boolValue":false)"; }
};

void append_attribute(std::string& out, const Attribute& attribute) {
  out += R"({"key":)";
  append_string(out, attribute.key);
  out += R"(,"value":)";
  std::visit(AppendValue{out}, attribute.value);
  out += "}}";
}

int kind_number(SpanKind kind) {
  switch (kind) {
    case SpanKind::kServer:
      return kServerKind;
    case SpanKind::kClient:
      return kClientKind;
    case SpanKind::kInternal:
      break;
  }
  return kInternalKind;
}

std::int64_t unix_nanoseconds(std::chrono::system_clock::time_point time) {
  const std::chrono::nanoseconds since_epoch = time.time_since_epoch();
  return std::max<std::int64_t>(since_epoch.count(), 0);
}

// The code is opentelemetry.proto.trace.v1.Status.StatusCode's ERROR; an empty status is UNSET.
void append_status(std::string& out, const std::optional<std::string>& error) {
  if (!error) {
    out += "{}";
    return;
  }
  out += R"({"code":2,"message":)";
  append_string(out, *error);
  out += '}';
}

void append_span(std::string& out, const Span& span) {
  fmt::format_to(std::back_inserter(out), R"({{"traceId":"{}","spanId":"{}",)", to_string(span.context.trace),
                 to_string(span.context.span));
  if (span.parent) fmt::format_to(std::back_inserter(out), R"("parentSpanId":"{}",)", to_string(*span.parent));
  out += R"("name":)";
  append_string(out, span.name);
  fmt::format_to(std::back_inserter(out),
                 R"(,"flags":{},"kind":{},"startTimeUnixNano":"{}","endTimeUnixNano":"{}","attributes":)",
                 span.context.sampled ? 1 : 0, kind_number(span.kind), unix_nanoseconds(span.start),
                 unix_nanoseconds(span.end));
  append_array<Attribute>(out, span.attributes, append_attribute);
  out += R"(,"status":)";
  append_status(out, span.error);
  out += '}';
}

std::vector<Attribute> attributes_of(const Resource& resource) {
  std::vector<Attribute> attributes;
  const auto add = [&attributes](const char* key, const std::string& value) {
    if (!value.empty()) attributes.push_back({key, value});
  };
  add("service.name", resource.service_name);
  add("service.version", resource.service_version);
  add("service.instance.id", resource.service_instance_id);
  attributes.insert(attributes.end(), resource.attributes.begin(), resource.attributes.end());
  return attributes;
}

}  // namespace

std::string encode_otlp(std::span<const Span> spans, const Resource& resource) {
  std::string out = R"({"resourceSpans":[{"resource":{"attributes":)";
  append_array<Attribute>(out, attributes_of(resource), append_attribute);
  out += R"(},"scopeSpans":[{"scope":{"name":"provider-balancer","version":")" BALANCER_VERSION R"("},"spans":)";
  append_array<Span>(out, spans, append_span);
  out += "}]}]}";
  return out;
}

}  // namespace balancer::tracing

// An exporter with short delays and a collector that is one of the fakes.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/tracing/span_exporter.hpp"
#include "tests/fakes/fake_provider.hpp"

namespace balancer::tracing {

// What a collector says that took everything.
inline fakes::ScriptedResponse accepted() {
  return fakes::ScriptedResponse().header("Content-Type", "application/json").send("{}");
}

inline fakes::ScriptedResponse refused(int status) {
  return fakes::ScriptedResponse().status(status).send("try later");
}

// Nothing goes out for its age: only whole batches, and what is left at the end.
inline ExporterSettings settings_for(const std::string& url) {
  ExporterSettings settings;
  settings.url = parse_collector_url(url).value();
  settings.timeout = std::chrono::seconds(10);
  settings.delay = std::chrono::hours(1);
  settings.batch_limit = 2;
  settings.retry = {.attempts = 5,
                    .first_delay = std::chrono::milliseconds(1),
                    .longest_delay = std::chrono::milliseconds(5),
                    .longest_retry_after = std::chrono::milliseconds(5)};
  return settings;
}

inline std::string url_at(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port) + "/v1/traces"; }

inline Span named(std::string name) {
  Span span;
  span.context = begin_trace();
  span.name = std::move(name);
  return span;
}

inline void submit(SpanExporter& exporter, const std::vector<std::string>& names) {
  for (const std::string& name : names) exporter.submit(named(name));
}

// The names of a request's spans.
inline std::vector<std::string> spans_of(const fakes::RecordedRequest& request) {
  std::vector<std::string> names;
  const auto document = nlohmann::json::parse(request.body);
  for (const auto& span : document.at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans")) {
    names.push_back(span.at("name"));
  }
  return names;
}

// Success as soon as the counts are those.
inline testing::AssertionResult reaches(const SpanExporter& exporter, SpanExporter::Counts wanted) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (exporter.counts() != wanted) {
    if (std::chrono::steady_clock::now() >= limit) {
      const SpanExporter::Counts counts = exporter.counts();
      return testing::AssertionFailure() << counts.exported << " exported, " << counts.dropped << " dropped";
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return testing::AssertionSuccess();
}

inline std::chrono::milliseconds time_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
}

}  // namespace balancer::tracing

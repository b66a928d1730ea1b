// What Prometheus reads: the names and labels that dashboards and alerts are written against, whatever clients send.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "tests/fakes/openai_answers.hpp"
#include "tests/fakes/provider_answers.hpp"
#include "tests/integration/observability/observed_stack.hpp"
#include "tests/integration/support/process_usage.hpp"

namespace balancer::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

// "name type label,label" for each family, as the golden files have it.
std::set<std::string> families_of(const std::string& text) {
  std::map<std::string, std::string> types;
  std::map<std::string, std::vector<std::string>> labels;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      const std::size_t space = line.find(' ', 7);
      types[line.substr(7, space - 7)] = line.substr(space + 1);
    }
    if (line.starts_with("#") || line.empty()) continue;
    std::string name = line.substr(0, line.find_first_of("{ "));
    for (const char* suffix : {"_bucket", "_sum", "_count"}) {
      const std::string base = name.ends_with(suffix) ? name.substr(0, name.size() - std::string(suffix).size()) : name;
      if (types.contains(base) && types[base] == "histogram") name = base;
    }
    std::vector<std::string>& known = labels[name];
    std::string rest = line.find('{') == std::string::npos ? "" : line.substr(line.find('{') + 1, line.rfind('}') - line.find('{') - 1);
    while (!rest.empty()) {
      const std::string label = rest.substr(0, rest.find('='));
      if (label != "le" && std::find(known.begin(), known.end(), label) == known.end()) known.push_back(label);
      const std::size_t end = rest.find("\",");
      rest = end == std::string::npos ? "" : rest.substr(end + 2);
    }
  }
  std::set<std::string> families;
  for (const auto& [name, type] : types) {
    std::string line = name + ' ' + type;
    for (std::size_t i = 0; i < labels[name].size(); ++i) line += (i == 0 ? " " : ",") + labels[name][i];
    families.insert(line);
  }
  return families;
}

std::set<std::string> golden(const std::string& file) {
  std::ifstream lines(std::string(BALANCER_GOLDEN_FOLDER) + '/' + file);
  std::set<std::string> families;
  for (std::string line; std::getline(lines, line);) families.insert(line);
  EXPECT_FALSE(families.empty()) << file;
  return families;
}

std::size_t series_count(const std::string& text) {
  std::istringstream lines(text);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) count += !line.empty() && line.front() != '#' ? 1 : 0;
  return count;
}

class MetricsTest : public ObservedStackTest {
 protected:
  [[nodiscard]] std::string gateway_text() { return stack().gateway().admin().get("/metrics").body; }
  [[nodiscard]] std::string control_plane_text() { return stack().control_http().get("/metrics").body; }

  // A request is counted when its answer has gone out, which its client may know before.
  void expect_gateway_metric(std::string_view name, const Labels& labels, double value) {
    EXPECT_TRUE(eventually([&] { return metric_value(gateway_text(), name, labels) == value; })) << gateway_text();
  }

  // Something of everything that is counted.
  void do_everything() {
    first_.enqueue(fakes::overloaded());
    ASSERT_EQ(ask().status, 200);
    ASSERT_EQ(ask("claude-x", {}, /*stream=*/true).status, 200);
    ASSERT_EQ(ask("nobody-serves-this").status, 404);
    first_.enqueue(fakes::rate_limited(std::chrono::seconds(60)));
    ASSERT_EQ(ask().status, 200);
    // What is told of requests reaches the control plane a moment later.
    ASSERT_TRUE(eventually([&] {
      return metric_value(control_plane_text(), "balancer_controlplane_requests_total").value_or(0) >= 4;
    }));
    expect_gateway_metric("balancer_gateway_requests_total", {{"endpoint", "messages"}}, 4);
  }
};

TEST_F(MetricsTest, HaveTheNamesAndLabelsThatDashboardsAreWrittenAgainst) {
  first_.always([](const fakes::RecordedRequest& request) {
    const bool stream = request.body.find("\"stream\":true") != std::string::npos;
    return stream ? fakes::sse_stream({"a"}) : fakes::json_message("a");
  });
  start();
  do_everything();

  EXPECT_EQ(families_of(gateway_text()), golden("gateway_metrics.txt"));
  EXPECT_EQ(families_of(control_plane_text()), golden("controlplane_metrics.txt"));
}

TEST_F(MetricsTest, AreCleanForPromtool) {
  if (std::system("command -v promtool >/dev/null") != 0) GTEST_SKIP() << "promtool is not installed (Debian: prometheus)";
  first_.always([](const fakes::RecordedRequest& request) {
    const bool stream = request.body.find("\"stream\":true") != std::string::npos;
    return stream ? fakes::sse_stream({"a"}) : fakes::json_message("a");
  });
  start();
  do_everything();

  for (const std::string& text : {gateway_text(), control_plane_text()}) {
    const std::filesystem::path file = logs_.path() / "metrics.txt";
    std::ofstream(file) << text;
    const Ended checked = run({"/bin/sh", {"-c", "promtool check metrics < '" + file.string() + "' 2>&1"}, {}});
    EXPECT_EQ(checked.code, 0) << checked.out;
    EXPECT_EQ(checked.out, "");
  }
}

TEST_F(MetricsTest, TenThousandJunkModelsAddAtMostOneSeriesAMetric) {
  start();
  ASSERT_EQ(ask("claude-one").status, 200);
  ASSERT_EQ(ask("junk-nobody-serves").status, 404);
  expect_gateway_metric("balancer_gateway_requests_total", {{"endpoint", "messages"}}, 2);
  const std::string before = gateway_text();
  const std::string control_before = control_plane_text();
  const std::size_t families = families_of(before).size();
  const std::size_t control_families = families_of(control_before).size();

  fakes::HttpConnection connection = client().connect();
  for (int i = 0; i < 10'000; ++i) {
    const std::string model = (i % 2 == 0 ? "claude-junk" : "junk") + std::to_string(i);
    const std::string body =
        R"({"model":")" + model + R"(","max_tokens":1,"messages":[{"role":"user","content":"hi"}]})";
    ASSERT_EQ(connection.post("/v1/messages", body).status, i % 2 == 0 ? 200 : 404);
  }

  const std::string after = gateway_text();
  const std::string control_after = control_plane_text();
  EXPECT_LE(series_count(after), series_count(before) + families);
  EXPECT_LE(series_count(control_after), series_count(control_before) + control_families);
  EXPECT_THAT(after, Not(HasSubstr("junk")));
  EXPECT_THAT(control_after, Not(HasSubstr("junk")));
  EXPECT_LE(after.size(), 200'000u);
}

TEST_F(MetricsTest, TenThousandJunkKeysAndPathsAddAtMostOneSeriesAMetric) {
  start({"auth: { enabled: true, keys: [{ name: alice, key: alices-key }] }"});
  ASSERT_EQ(ask("claude-one", {{"x-api-key", "alices-key"}}).status, 200);
  ASSERT_EQ(ask("claude-one", {{"x-api-key", "junk"}}).status, 401);
  ASSERT_EQ(client().get("/junk", {{"x-api-key", "alices-key"}}).status, 404);
  expect_gateway_metric("balancer_gateway_requests_total", {}, 3);
  const std::string before = gateway_text();
  const std::string control_before = control_plane_text();

  fakes::HttpConnection connection = client().connect();
  for (int i = 0; i < 5'000; ++i) {
    const std::string number = std::to_string(i);
    ASSERT_EQ(connection.get("/v1/models", {{"x-api-key", "junk-key-" + number}}).status, 401);
    ASSERT_EQ(connection.get("/junk/" + number, {{"x-api-key", "alices-key"}}).status, 404);
  }

  const std::string after = gateway_text();
  const std::string control_after = control_plane_text();
  EXPECT_LE(series_count(after), series_count(before) + families_of(before).size());
  EXPECT_LE(series_count(control_after), series_count(control_before) + families_of(control_before).size());
  EXPECT_THAT(after, Not(HasSubstr("junk")));
  EXPECT_THAT(control_after, Not(HasSubstr("junk")));
  EXPECT_LE(after.size(), 200'000u);
  EXPECT_LE(control_after.size(), 200'000u);
}

// A scrape costs CPU that requests could have: what it takes is measured there, where a busy machine changes nothing.
TEST_F(MetricsTest, APageTakesLittleOfTheGatewaysTime) {
  constexpr int kPages = 20;
  start();
  do_everything();
  const auto before = cpu_time(stack().gateway().process());

  for (int i = 0; i < kPages; ++i) ASSERT_EQ(stack().gateway().admin().get("/metrics").status, 200);

  EXPECT_LE((cpu_time(stack().gateway().process()) - before) / kPages, std::chrono::milliseconds(50));
}

TEST_F(MetricsTest, CountersGoOnOverAReload) {
  start();
  ASSERT_EQ(ask().status, 200);
  const Labels labels{{"provider", "first"}, {"outcome", "success"}};
  expect_gateway_metric("balancer_gateway_upstream_attempts_total", labels, 1);

  stack().write_config("providers:\n" + provider_entry("first", first_.base_url()) +
                       "model_routes: { \"*\": [{ provider: first, model: passthrough, priority: 1 }] }\n");
  ASSERT_EQ(balancerctl({"reload"}).code, 0);
  ASSERT_TRUE(eventually([&] { return stack().gateway().metric("balancer_gateway_snapshot_version") == 2; }));
  ASSERT_EQ(ask().status, 200);

  expect_gateway_metric("balancer_gateway_upstream_attempts_total", labels, 2);
  EXPECT_EQ(metric_value(control_plane_text(), "balancer_controlplane_config_version"), 2);
  EXPECT_EQ(metric_value(control_plane_text(), "balancer_controlplane_config_reloads_total", {{"result", "applied"}}), 2);
}

TEST_F(MetricsTest, SayThatAConfigurationWasRefusedWhileTheFormerOneServes) {
  start();

  stack().write_config("providers: 7\n");
  ASSERT_EQ(balancerctl({"reload"}).code, 4);

  EXPECT_EQ(metric_value(control_plane_text(), "balancer_controlplane_config_last_reload_successful"), 0);
  EXPECT_EQ(metric_value(control_plane_text(), "balancer_controlplane_config_version"), 1);
  EXPECT_EQ(ask().status, 200);
}

TEST_F(MetricsTest, AFailedAttemptIsCountedWithItsOutcomeAndItsRetry) {
  first_.always(fakes::overloaded());
  start();

  ASSERT_EQ(ask().status, 200);

  expect_gateway_metric("balancer_gateway_requests_total", {{"endpoint", "messages"}, {"code", "200"}}, 1);
  expect_gateway_metric("balancer_gateway_open_requests", {}, 0);
  const std::string text = gateway_text();
  EXPECT_EQ(metric_value(text, "balancer_gateway_upstream_attempts_total", {{"provider", "first"}, {"outcome", "transient"}}), 1);
  EXPECT_EQ(metric_value(text, "balancer_gateway_retries_total", {{"provider", "first"}, {"outcome", "transient"}}), 1);
  EXPECT_EQ(metric_value(text, "balancer_gateway_retries_total", {{"provider", "second"}}), std::nullopt);
  EXPECT_GT(metric_value(text, "balancer_gateway_tokens_total", {{"provider", "second"}, {"type", "input"}}), 0);
}

TEST(StandaloneMetricsTest, HasBothHalvesOnOnePage) {
  fakes::FakeProvider provider;
  provider.always(fakes::json_message("hello"));
  Standalone standalone(edge_config({provider_entry("a", provider.base_url())}),
                        {.environment = {}, .gateway_arguments = {"--http-listen", "127.0.0.1:0"},
                         .controlplane_arguments = {}});
  ASSERT_EQ(standalone.client().post("/v1/messages", small_request()).status, 200);
  const fakes::HttpClient control(standalone.gateway().listening().port("control_http"));

  std::string text;
  EXPECT_TRUE(eventually([&] {
    text = control.get("/metrics").body;
    return metric_value(text, "balancer_gateway_requests_total", {{"code", "200"}}) == 1;
  }));
  EXPECT_EQ(metric_value(text, "balancer_controlplane_connected_gateways"), 1);
  std::istringstream lines(text);
  std::set<std::string> types;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      EXPECT_TRUE(types.insert(line).second) << line;
    }
  }
}

}  // namespace
}  // namespace balancer::integration

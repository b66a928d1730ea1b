#include "tests/integration/observability/observed_stack.hpp"

#include <fstream>
#include <utility>

#include "tests/fakes/provider_answers.hpp"

namespace balancer::integration {

ObservedStackTest::ObservedStackTest() {
  first_.always(fakes::json_message("from first"));
  second_.always(fakes::json_message("from second"));
}

void ObservedStackTest::start(const std::vector<std::string>& settings, std::map<std::string, std::string> environment) {
  std::string config = "providers:\n" + provider_entry("first", first_.base_url()) +
                       provider_entry("second", second_.base_url()) +
                       "model_routes:\n"
                       "  \"claude-*\":\n"
                       "    - { provider: first, model: passthrough, priority: 1 }\n"
                       "    - { provider: second, model: passthrough, priority: 2 }\n"
                       "settings:\n  deduplication: { enabled: false }\n";
  for (const std::string& line : settings) config += "  " + line + "\n";
  StackOptions options;
  options.environment = std::move(environment);
  options.gateway_arguments = {"--log-file", (logs_.path() / "gateway.jsonl").string()};
  stack_.emplace(config, options);
}

fakes::HttpResponse ObservedStackTest::ask(std::string_view model, const fakes::HeaderFields& headers,
                                           bool stream) const {
  const nlohmann::json body{{"model", model},
                            {"max_tokens", 16},
                            {"stream", stream},
                            {"messages", {{{"role", "user"}, {"content", "hello"}}}}};
  return client().post("/v1/messages", body.dump(), headers);
}

Ended ObservedStackTest::balancerctl(std::vector<std::string> words) const {
  words.insert(words.begin(), {"--server", stack_->control_address()});
  return run({"balancerctl", std::move(words), {}});
}

std::vector<nlohmann::json> ObservedStackTest::log_lines(std::string_view event, const std::string& request_id) const {
  std::vector<nlohmann::json> lines;
  std::ifstream file(logs_.path() / "gateway.jsonl");
  for (std::string line; std::getline(file, line);) {
    // The last one may be half written.
    nlohmann::json json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded() || json.value("event", "") != event) continue;
    if (request_id.empty() || json.value("request_id", "") == request_id) lines.push_back(std::move(json));
  }
  return lines;
}

nlohmann::json ObservedStackTest::access_record(const std::string& request_id) const {
  EXPECT_TRUE(eventually([&] { return !log_lines("request completed", request_id).empty(); })) << request_id;
  const std::vector<nlohmann::json> lines = log_lines("request completed", request_id);
  EXPECT_EQ(lines.size(), 1u);
  return lines.empty() ? nlohmann::json::object() : lines.front();
}

}  // namespace balancer::integration

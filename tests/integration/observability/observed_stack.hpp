// A split stack with two providers in order, "first" and "second", whose gateway writes its log where a test can read it.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fakes/fake_provider.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {

class ObservedStackTest : public testing::Test {
 protected:
  ObservedStackTest();

  // For a test that wants other settings: lines of the settings section.
  void start(const std::vector<std::string>& settings = {}, std::map<std::string, std::string> environment = {});

  [[nodiscard]] SplitStack& stack() { return *stack_; }
  [[nodiscard]] fakes::HttpClient client() const { return stack_->client(); }
  fakes::HttpResponse ask(std::string_view model = "claude-x", const fakes::HeaderFields& headers = {},
                          bool stream = false) const;
  [[nodiscard]] Ended balancerctl(std::vector<std::string> words) const;

  // Log lines of the gateway with this "event" and, for requests, of the request that was answered with this id.
  [[nodiscard]] std::vector<nlohmann::json> log_lines(std::string_view event, const std::string& request_id = {}) const;
  // The gateway's own, whatever the provider called its answer.
  [[nodiscard]] static std::string id_of(const fakes::HttpResponse& response) {
    return response.headers.value("x-balancer-request-id").value_or(response.headers.value("request-id").value_or(""));
  }
  // The one access record of that request; waits for it.
  [[nodiscard]] nlohmann::json access_record(const std::string& request_id) const;
  [[nodiscard]] nlohmann::json access_record(const fakes::HttpResponse& response) const {
    return access_record(id_of(response));
  }

  fakes::TempDir logs_;
  fakes::FakeProvider first_;
  fakes::FakeProvider second_;

 private:
  std::optional<SplitStack> stack_;
};

}  // namespace balancer::integration

// Fixtures: a standalone in front of providers of the openai type, with one of the Anthropic type behind them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/openai_answers.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {

// Every model goes to the providers in this order; `members` are more members of the openai ones.
struct NamedUpstream {
  std::string name;
  std::string type;
  std::string base_url;
};
[[nodiscard]] std::string converted_config(const std::vector<NamedUpstream>& providers, std::string_view members = "",
                                           std::string_view settings = "");

// {"model":"claude-test","max_tokens":64,"messages":[...]}
[[nodiscard]] std::string question();
[[nodiscard]] std::string stream_question();

// `error.type` of an error event in the answer's stream; empty when it has none.
[[nodiscard]] std::string error_event_type(const fakes::HttpResponse& response);

class ConvertedProviderTest : public testing::Test {
 protected:
  explicit ConvertedProviderTest(std::string_view members = "", std::string_view settings = "")
      : gateway_(converted_config({{"chat", "openai", provider_.base_url() + "/v1"}}, members, settings)) {}

  // The body of the provider's n-th request.
  [[nodiscard]] nlohmann::json asked(std::size_t n) const { return nlohmann::json::parse(provider_.requests().at(n).body); }

  fakes::FakeProvider provider_;
  Standalone gateway_;
  fakes::HttpClient client_ = gateway_.client();
};

class TwoConvertedProvidersTest : public testing::Test {
 protected:
  TwoConvertedProvidersTest()
      : gateway_(converted_config(
            {{"first", "openai", first_.base_url() + "/v1"}, {"second", "openai", second_.base_url() + "/v1"}})) {}

  fakes::FakeProvider first_;
  fakes::FakeProvider second_;
  Standalone gateway_;
  fakes::HttpClient client_ = gateway_.client();
};

// The converted provider comes first.
class MixedProvidersTest : public testing::Test {
 protected:
  MixedProvidersTest()
      : gateway_(converted_config(
            {{"chat", "openai", chat_.base_url() + "/v1"}, {"claude", "anthropic", claude_.base_url()}})) {}

  fakes::FakeProvider chat_;
  fakes::FakeProvider claude_;
  Standalone gateway_;
  fakes::HttpClient client_ = gateway_.client();
};

}  // namespace balancer::integration

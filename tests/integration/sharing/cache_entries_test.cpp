// A stored answer is given to exactly the questions that it answers.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/sharing/cached_stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HeaderFields;
using fakes::HttpResponse;

class CacheEntriesTest : public CacheTest {
 protected:
  static HttpResponse ask_with(const fakes::HttpClient& client, const HeaderFields& headers) {
    return ask(client, "hello", AnswerForm::kDocument, headers);
  }
};

// A provider may answer by them.
TEST_F(CacheEntriesTest, HeadersThatNobodyKnowsMakeAnotherQuestion) {
  Standalone balancer(config());
  ASSERT_EQ(text_of(ask(balancer.client())), "1");
  ASSERT_TRUE(is_stored(balancer.client()));

  EXPECT_EQ(text_of(ask_with(balancer.client(), {{"x-tenant", "red"}})), "2");
  EXPECT_EQ(text_of(ask_with(balancer.client(), {{"x-tenant", "blue"}})), "3");
  EXPECT_EQ(text_of(ask_with(balancer.client(), {{"anthropic-beta", "context-1m-2025-08-07"}})), "4");
  EXPECT_EQ(text_of(ask_with(balancer.client(), {{"anthropic-version", "2026-10-21"}})), "5");
  EXPECT_EQ(text_of(balancer.client().post("/v1/messages?trace=1", question(AnswerForm::kDocument))), "6");
}

TEST_F(CacheEntriesTest, WhatSaysHowOftenAClientHasAskedDoesNot) {
  Standalone balancer(config());
  ASSERT_EQ(text_of(ask_with(balancer.client(), {{"x-stainless-retry-count", "0"}})), "1");

  EXPECT_TRUE(eventually(
      [&] { return cache_of(ask_with(balancer.client(), {{"x-stainless-retry-count", "1"}})) == "hit"; }));
  EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_F(CacheEntriesTest, TheOrderOfMembersDoesNot) {
  Standalone balancer(config());
  ASSERT_EQ(text_of(ask(balancer.client())), "1");
  ASSERT_TRUE(is_stored(balancer.client()));

  const HttpResponse response = balancer.client().post(
      "/v1/messages",
      R"({ "messages": [ {"content": "hello", "role": "user"} ], "max_tokens": 1000, "model": "claude-test" })");

  EXPECT_EQ(cache_of(response), "hit");
}

class FallbackEntriesTest : public testing::Test {
 protected:
  FallbackEntriesTest() {
    first_.always(answers("from the first"));
    second_.always(answers("from the second"));
  }

  // `failures` in a row take a provider out.
  [[nodiscard]] std::string config(int failures) const {
    const auto entry = [](const std::string& name, const std::string& base_url) {
      return "  - {name: " + name + ", type: anthropic, base_url: \"" + base_url + "\", auth_value: key-of-it}\n";
    };
    return "providers:\n" + entry("first", first_.base_url()) + entry("second", second_.base_url()) +
           "model_routes:\n  \"*\":\n    - {provider: first, model: large-model, priority: 1}\n"
           "    - {provider: second, model: small-model, priority: 2}\n"
           "settings: {max_cache_size: 100, failure_cooldown: 60, sticky_provider_duration: 0, unhealthy_threshold: " +
           std::to_string(failures) + "}\n";
  }

  static HttpResponse ask_model(const fakes::HttpClient& client, std::string_view model,
                                std::string_view members = "") {
    std::string body = question(AnswerForm::kDocument, "hello", members);
    const std::string_view own_model = "claude-test";
    body.replace(body.find(own_model), own_model.size(), model);
    return client.post("/v1/messages", body);
  }

  fakes::FakeProvider first_;
  fakes::FakeProvider second_;
};

TEST_F(FallbackEntriesTest, AFallbackProvidersAnswerIsStoredAsItsOwn) {
  Standalone balancer(config(1));
  first_.enqueue(fakes::server_error());
  ASSERT_EQ(text_of(ask_model(balancer.client(), "claude-a")), "from the second");

  HttpResponse hit;
  ASSERT_TRUE(eventually([&] {
    hit = ask_model(balancer.client(), "claude-a");
    return cache_of(hit) == "hit";
  }));

  EXPECT_EQ(text_of(hit), "from the second");
  EXPECT_EQ(provider_of(hit), "second");
  EXPECT_EQ(hit.headers.value("x-balancer-upstream-model"), "small-model");
}

TEST_F(FallbackEntriesTest, AndIsNotGivenForAnotherName) {
  Standalone balancer(config(1));
  first_.enqueue(fakes::server_error());
  ASSERT_EQ(text_of(ask_model(balancer.client(), "claude-a")), "from the second");
  ASSERT_TRUE(eventually([&] { return cache_of(ask_model(balancer.client(), "claude-a")) == "hit"; }));

  EXPECT_EQ(cache_of(ask_model(balancer.client(), "claude-b")), "miss");
  EXPECT_EQ(text_of(ask_model(balancer.client(), "claude-a", R"("provider":"first",)")), "from the first");
}

TEST_F(FallbackEntriesTest, NorForAModelThatCanBeHadAgain) {
  Standalone balancer(config(1000));
  for (int i = 0; i < 20; ++i) {
    const std::string model = "claude-" + std::to_string(i);
    first_.enqueue(fakes::server_error());
    ASSERT_EQ(text_of(ask_model(balancer.client(), model)), "from the second");

    HttpResponse hit;
    ASSERT_TRUE(eventually([&] {
      hit = ask_model(balancer.client(), model);
      return cache_of(hit) == "hit";
    }));
    EXPECT_EQ(text_of(hit), "from the first");
  }
}

TEST_F(FallbackEntriesTest, AnAnswerOfFormerRoutesIsNotGiven) {
  Standalone balancer(config(3));
  ASSERT_EQ(text_of(ask_model(balancer.client(), "claude-a")), "from the first");
  ASSERT_TRUE(eventually([&] { return cache_of(ask_model(balancer.client(), "claude-a")) == "hit"; }));

  std::string changed = config(3);
  const std::string_view target = "provider: first, model: large-model";
  changed.replace(changed.find(target), target.size(), "provider: second, model: large-model");
  balancer.write_config(changed);

  EXPECT_TRUE(eventually([&] { return text_of(ask_model(balancer.client(), "claude-a")) == "from the second"; }));
}

}  // namespace
}  // namespace balancer::integration

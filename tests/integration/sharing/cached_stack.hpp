// A provider whose answers are told apart by number, behind a balancer that keeps answers.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/integration/sharing/shared_question.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {

class CacheTest : public testing::Test {
 protected:
  CacheTest() { provider_.always(answers_with_numbers()); }

  // `settings` are further ones.
  [[nodiscard]] std::string config(std::string_view settings = "") const {
    const std::string more = settings.empty() ? "" : ", " + std::string(settings);
    return config_for({{"only", provider_.base_url()}}, "max_cache_size: 100, unhealthy_threshold: 1000" + more);
  }

  static fakes::HttpResponse ask(const fakes::HttpClient& client, std::string_view text = "hello",
                                 AnswerForm form = AnswerForm::kDocument, const fakes::HeaderFields& headers = {}) {
    return client.post("/v1/messages", question(form, text), headers);
  }

  // Asks until a stored answer is given: it is stored behind the answer that it is a copy of.
  [[nodiscard]] static testing::AssertionResult is_stored(const fakes::HttpClient& client,
                                                          std::string_view text = "hello") {
    return eventually([&] { return cache_of(ask(client, text)) == "hit"; });
  }

  // Once another answer of the same client is stored, so would be those before it.
  static void let_the_cache_catch_up(const fakes::HttpClient& client) {
    ASSERT_EQ(cache_of(ask(client, "catch up")), "miss");
    ASSERT_TRUE(is_stored(client, "catch up"));
  }

  fakes::FakeProvider provider_;
};

}  // namespace balancer::integration

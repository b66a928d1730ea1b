#include "controlplane/config/health_reader.hpp"

#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HealthReaderTest : public ConfigFixture {};

TEST_F(HealthReaderTest, ReadsEveryKey) {
  const ConfigLoad& loaded = load_settings(
      "  unhealthy_threshold: 2\n  unhealthy_reset_on_success: false\n  unhealthy_reset_timeout: 5m\n"
      "  failure_cooldown: 1.5\n  unhealthy_http_codes: [402, 529]\n  unhealthy_exception_patterns: [ssl]\n"
      "  unhealthy_response_body_patterns: ['\"message\"\\s*:\\s*\".*rate.?limit.*\"', '没有可用']\n");

  EXPECT_THAT(problems(), IsEmpty());
  ASSERT_TRUE(loaded.config);
  const HealthSettings& health = loaded.config->health;
  EXPECT_EQ(health.failure_threshold, 2);
  EXPECT_FALSE(health.reset_on_success);
  EXPECT_EQ(health.reset_timeout, 300s);
  EXPECT_EQ(health.cooldown.base, 1'500ms);
  const UnhealthySigns& signs = loaded.config->snapshot.unhealthy_signs;
  EXPECT_THAT(signs.statuses, ElementsAre(402, 529));
  EXPECT_THAT(signs.exception_patterns.expressions(), ElementsAre("ssl"));
  EXPECT_THAT(signs.body_patterns.expressions(),
              ElementsAre("\"message\"\\s*:\\s*\".*rate.?limit.*\"", "没有可用"));
}

TEST_F(HealthReaderTest, DefaultsToThreeFailuresAndToCooldownsFromThirtySecondsToFiveMinutes) {
  const HealthSettings health = load_settings("  log_color: true\n").config->health;

  EXPECT_EQ(health.failure_threshold, 3);
  EXPECT_TRUE(health.reset_on_success);
  EXPECT_EQ(health.cooldown.base, 30s);
  EXPECT_EQ(health.cooldown.limit, 5min);
}

TEST_F(HealthReaderTest, ReadsWhereCooldownsEndAndTellsGatewaysToo) {
  const ConfigLoad& loaded = load_settings("  failure_cooldown: 5s\n  failure_cooldown_limit: 1m\n");

  ASSERT_TRUE(loaded.config);
  EXPECT_EQ(loaded.config->health.cooldown.base, 5s);
  EXPECT_EQ(loaded.config->health.cooldown.limit, 60s);
  EXPECT_EQ(loaded.config->snapshot.cooldown, loaded.config->health.cooldown);
}

TEST_F(HealthReaderTest, SearchesAnInvalidExpressionAsPlainText) {
  const ConfigLoad& loaded = load_settings("  unhealthy_response_body_patterns: ['a(', '(?=x)']\n");

  EXPECT_THAT(problems(), ElementsAre(HasSubstr("4:38: warning: settings.unhealthy_response_body_patterns[0]: is searched "
                                                "as plain text, since it is no RE2 expression: "),
                                      HasSubstr("settings.unhealthy_response_body_patterns[1]: is searched as plain text")));
  ASSERT_TRUE(loaded.config);
  const TextPatterns& patterns = loaded.config->snapshot.unhealthy_signs.body_patterns;
  EXPECT_TRUE(patterns.found_in("A(B)"));
  EXPECT_TRUE(patterns.found_in("what (?=x) is"));
  EXPECT_FALSE(patterns.found_in("a"));
}

TEST_F(HealthReaderTest, ExceptionPatternsArePlainText) {
  const ConfigLoad& loaded = load_settings("  unhealthy_exception_patterns: ['a.b(']\n");

  EXPECT_THAT(problems(), IsEmpty());
  ASSERT_TRUE(loaded.config);
  EXPECT_TRUE(loaded.config->snapshot.unhealthy_signs.exception_patterns.found_in("x A.B( x"));
  EXPECT_FALSE(loaded.config->snapshot.unhealthy_signs.exception_patterns.found_in("axb("));
}

TEST_F(HealthReaderTest, TakesTheOlderNameOfTheCodes) {
  EXPECT_THAT(load_settings("  failover_http_codes: [500]\n").config->snapshot.unhealthy_signs.statuses,
              ElementsAre(500));
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(HealthReaderTest, RefusesCodesAndPatternsThatCannotWork) {
  EXPECT_FALSE(load_settings("  unhealthy_http_codes: [99, 5xx]\n  unhealthy_exception_patterns: ['']\n"
                             "  unhealthy_response_body_patterns: ['', [a]]\n")
                   .config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("4:26: error: settings.unhealthy_http_codes[0]: "),
                                      HasSubstr("4:30: error: settings.unhealthy_http_codes[1]: "),
                                      HasSubstr("5:34: error: settings.unhealthy_exception_patterns[0]: must not be empty"),
                                      HasSubstr("6:38: error: settings.unhealthy_response_body_patterns[0]: "),
                                      HasSubstr("6:42: error: settings.unhealthy_response_body_patterns[1]: must be a text")));
}

}  // namespace
}  // namespace balancer::controlplane

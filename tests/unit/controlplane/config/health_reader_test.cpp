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
  EXPECT_EQ(health.failure_cooldown, 1'500ms);
  EXPECT_THAT(health.unhealthy_http_codes, ElementsAre(402, 529));
  EXPECT_THAT(health.unhealthy_exception_patterns, ElementsAre("ssl"));
  EXPECT_TRUE((health.unhealthy_response_body_patterns ==
               std::vector<BodyPattern>{{"\"message\"\\s*:\\s*\".*rate.?limit.*\"", false}, {"没有可用", false}}));
}

TEST_F(HealthReaderTest, SearchesAnInvalidExpressionAsPlainText) {
  const ConfigLoad& loaded = load_settings("  unhealthy_response_body_patterns: ['a(', '(?=x)']\n");

  EXPECT_THAT(problems(), ElementsAre(HasSubstr("4:38: warning: settings.unhealthy_response_body_patterns[0]: is searched "
                                                "as plain text, since it is no RE2 expression: "),
                                      HasSubstr("settings.unhealthy_response_body_patterns[1]: is searched as plain text")));
  ASSERT_TRUE(loaded.config);
  EXPECT_TRUE((loaded.config->health.unhealthy_response_body_patterns ==
               std::vector<BodyPattern>{{"a(", true}, {"(?=x)", true}}));
}

TEST_F(HealthReaderTest, TakesTheOlderNameOfTheCodes) {
  EXPECT_THAT(load_settings("  failover_http_codes: [500]\n").config->health.unhealthy_http_codes, ElementsAre(500));
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

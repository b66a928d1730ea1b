#include "controlplane/config/settings_reader.hpp"

#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SettingsReaderTest : public ConfigFixture {};

TEST_F(SettingsReaderTest, ReadsWhatTheServerNeeds) {
  const ConfigLoad& loaded = load_settings(
      "  host: localhost\n  port: 0\n  log_level: warning\n  log_color: false\n  log_file_path: logs/l.jsonl\n"
      "  app_name: Mine\n  app_version: 1.2\n  ping_interval: 5s\n  attempt_limit: 7\n  diagnostic_headers: no\n"
      "  sticky_provider_duration: 5m\n");

  EXPECT_THAT(problems(), IsEmpty());
  ASSERT_TRUE(loaded.config);
  const Config& config = *loaded.config;
  EXPECT_TRUE((config.server == ServerSettings{"localhost", 0, LogLevel::kWarning, false, "logs/l.jsonl"}));
  EXPECT_EQ(config.snapshot.service_name, "Mine");
  EXPECT_EQ(config.snapshot.service_version, "1.2");
  EXPECT_EQ(config.snapshot.ping_interval, 5s);
  EXPECT_EQ(config.snapshot.attempt_limit, 7u);
  EXPECT_FALSE(config.snapshot.diagnostic_headers);
  EXPECT_EQ(config.affinity.sticky_duration, 5min);
}

TEST_F(SettingsReaderTest, AcceptsOlderNames) {
  const ConfigLoad& loaded = load_settings("  cooldown_seconds: 90\n  idle_recovery_interval: 300\n");

  EXPECT_THAT(problems(), IsEmpty());
  ASSERT_TRUE(loaded.config);
  EXPECT_EQ(loaded.config->snapshot.cooldown.base, 90s);
  EXPECT_EQ(loaded.config->health.cooldown.base, 90s);
  EXPECT_EQ(loaded.config->affinity.sticky_duration, 300s);
}

TEST_F(SettingsReaderTest, ReadsWhatBecomesOfRequestsWhileAllProvidersCool) {
  EXPECT_EQ(load_settings("  log_color: true\n").config->snapshot.routing.when_all_cooling,
            routing::AllCooling::kSoonest);
  EXPECT_EQ(load_settings("  when_all_cooling: fail_fast\n").config->snapshot.routing.when_all_cooling,
            routing::AllCooling::kFailFast);
  EXPECT_FALSE(load_settings("  when_all_cooling: panic\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("settings.when_all_cooling: must be one of soonest, fail_fast")));
}

TEST_F(SettingsReaderTest, AcceptsPythonsLogLevels) {
  const auto level = [this](const std::string& name) {
    return load_settings("  log_level: " + name + "\n").config->server.log_level;
  };

  EXPECT_EQ(level("DEBUG"), LogLevel::kDebug);
  EXPECT_EQ(level("Info"), LogLevel::kInfo);
  EXPECT_EQ(level("WARN"), LogLevel::kWarning);
  EXPECT_EQ(level("CRITICAL"), LogLevel::kError);
  EXPECT_FALSE(load_settings("  log_level: LOUD\n").config);
}

TEST_F(SettingsReaderTest, RefusesValuesOutOfRange) {
  EXPECT_FALSE(load_settings("  host: ''\n  port: -1\n  attempt_limit: 0\n  ping_interval: 10ms\n  max_cache_size: -5\n"
                             "  cache_ttl_seconds: forever\n  unhealthy_threshold: 0\n  deduplication: yes\n")
                   .config);
  EXPECT_THAT(problems(),
              ElementsAre("4:9: error: settings.host: must not be empty", HasSubstr("5:9: error: settings.port: "),
                          HasSubstr("6:18: error: settings.attempt_limit: "),
                          "7:18: error: settings.ping_interval: must be at least 1s, not \"10ms\"",
                          HasSubstr("8:19: error: settings.max_cache_size: "),
                          HasSubstr("9:22: error: settings.cache_ttl_seconds: must be a duration"),
                          HasSubstr("10:24: error: settings.unhealthy_threshold: "),
                          "11:18: error: settings.deduplication: must be a mapping (key: value)"));
}

TEST_F(SettingsReaderTest, WarnsOfListeningToEveryoneWithoutKeys) {
  EXPECT_TRUE(load_settings("  host: 0.0.0.0\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("4:9: warning: settings.host: listening beyond this machine")));

  EXPECT_TRUE(load_settings("  host: 0.0.0.0\n  auth: {allow_unauthenticated: true}\n").config);
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_TRUE(load_settings("  host: 0.0.0.0\n  auth: {api_key: a-long-enough-client-key}\n").config);
  EXPECT_THAT(problems(), IsEmpty());
}

}  // namespace
}  // namespace balancer::controlplane

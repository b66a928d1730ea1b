#include "controlplane/config/health_check_reader.hpp"

#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HealthCheckReaderTest : public ConfigFixture {
 protected:
  // The checks of a configuration whose one provider "a" has these keys, too.
  std::vector<HealthCheck> checks(const std::string& keys) {
    const ConfigLoad& loaded = load_provider("- {name: a, type: anthropic, base_url: 'https://h', " + keys + "}\n");
    EXPECT_TRUE(loaded.config) << ::testing::PrintToString(problems());
    return loaded.config ? loaded.config->health_checks : std::vector<HealthCheck>();
  }
  void expect_refused(const std::string& keys, const std::string& problem) {
    EXPECT_FALSE(load_provider("- {name: a, type: anthropic, base_url: 'https://h', " + keys + "}\n").config);
    EXPECT_THAT(problems(), ElementsAre(HasSubstr(problem)));
  }
};

TEST_F(HealthCheckReaderTest, NothingIsCheckedByDefault) {
  EXPECT_TRUE(checks("auth_value: k").empty());
  EXPECT_TRUE(checks("auth_value: k, health_check: ~").empty());
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(HealthCheckReaderTest, ReadsAGet) {
  const HealthCheck expected{
      .provider = "a", .interval = 10s, .timeout = 2500ms, .get_path = "/v1/models?limit=1", .model = ""};

  EXPECT_THAT(checks("auth_value: k, health_check: {interval: 10s, timeout: 2.5s, get: '/v1/models?limit=1'}"),
              ElementsAre(expected));
}

TEST_F(HealthCheckReaderTest, ReadsARequestForOneToken) {
  const HealthCheck expected{.provider = "a", .interval = 30s, .timeout = 5s, .get_path = "", .model = "small"};

  EXPECT_THAT(checks("auth_value: k, health_check: {model: small}"), ElementsAre(expected));
}

TEST_F(HealthCheckReaderTest, WantsExactlyOneKindOfCheck) {
  expect_refused("auth_value: k, health_check: {interval: 10s}", "health_check: needs either get");
  expect_refused("auth_value: k, health_check: {get: /, model: small}", "health_check: needs either get");
  expect_refused("auth_value: k, health_check: {}", "health_check: needs either get");
  expect_refused("auth_value: k, health_check: /v1/models", "health_check: must be a mapping");
}

TEST_F(HealthCheckReaderTest, RefusesWhatIsNoPath) {
  for (const std::string path : {"models", "'https://other.example/'", "'/a b'", "'/a#b'", "/\u00fc", "''"}) {
    expect_refused("auth_value: k, health_check: {get: " + path + "}", "health_check.get: must be a path");
  }
  expect_refused("auth_value: k, health_check: {get: \"/a\\r\\nx: y\"}", "health_check.get: must not hold control");
  expect_refused("auth_value: k, health_check: {model: ''}", "health_check.model: must not be empty");
}

TEST_F(HealthCheckReaderTest, RefusesIntervalsAndTimeoutsThatAreNone) {
  EXPECT_FALSE(load_provider("- {name: a, type: anthropic, base_url: 'https://h', auth_value: k, "
                             "health_check: {interval: 0, timeout: 0, get: /}}\n")
                   .config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("health_check.interval"), HasSubstr("health_check.timeout")));
}

TEST_F(HealthCheckReaderTest, ReportsUnknownKeys) {
  expect_refused("auth_value: k, health_check: {get: /, intervall: 1}", "health_check.intervall");
}

TEST_F(HealthCheckReaderTest, WithoutACredentialOfItsOwnOnlyAGetIsPossible) {
  expect_refused("auth_type: passthrough, health_check: {model: small}", "health_check.model: needs a credential");
  EXPECT_EQ(checks("auth_type: passthrough, health_check: {get: /}").size(), 1u);
}

}  // namespace
}  // namespace balancer::controlplane

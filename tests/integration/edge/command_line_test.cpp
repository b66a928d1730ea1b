// Flags, environment variables, exit statuses and the line that says where a program listens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kUsage = 2;
constexpr int kInvalidConfiguration = 4;

std::string good_config() { return edge_config({provider_entry("a", "http://127.0.0.1:1")}); }

// Four mistakes in four lines.
constexpr const char* kBadConfig = R"(providers:
  - name: a
    type: antropic
    base_url: nowhere
    colour: blue
    auth_value: k
model_routes:
  "*":
    - { provider: b, model: passthrough, priority: 1 }
)";

void expect_all_problems(const std::string& text) {
  for (const char* place : {"bad.yaml:3:[0-9]+", "bad.yaml:4:[0-9]+", "bad.yaml:5:[0-9]+", "bad.yaml:9:[0-9]+"}) {
    EXPECT_THAT(text, ContainsRegex(place));
  }
  EXPECT_THAT(text, HasSubstr("colour"));
}

std::string name_of(const testing::TestParamInfo<const char*>& info) {
  std::string name = info.param;
  std::erase(name, '-');
  return name;
}

class ProgramTest : public testing::TestWithParam<const char*> {};

TEST_P(ProgramTest, ExplainsItselfWhenAsked) {
  const Ended help = run({GetParam(), {"--help"}, {}});
  const Ended version = run({GetParam(), {"--version"}, {}});

  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("--help"));
  EXPECT_THAT(help.err, IsEmpty());
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.out, ContainsRegex(std::string("^") + GetParam() + " [0-9]+\\.[0-9]+\\.[0-9]+\n$"));
}

TEST_P(ProgramTest, AnUnknownFlagIsWrongUsage) {
  const Ended ended = run({GetParam(), {"--no-such-flag"}, {}});

  EXPECT_EQ(ended.code, kUsage);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(ended.err, HasSubstr("--help"));
}

INSTANTIATE_TEST_SUITE_P(All, ProgramTest,
                         testing::Values("balancer", "balancer-gateway", "balancer-controlplane", "balancerctl"),
                         name_of);

class ConfiguredProgramTest : public testing::TestWithParam<const char*> {
 protected:
  // Nothing that it might bind is anybody else's.
  [[nodiscard]] Command command(const std::filesystem::path& config) const {
    std::vector<std::string> arguments{"--config", config.string(), "--grpc-listen",
                                       "unix:" + (directory_ / "g.sock").string(), "--http-listen", "127.0.0.1:0"};
    if (std::string(GetParam()) == "balancer") arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
    return {GetParam(), std::move(arguments), {}};
  }

  TempDir directory_;
};

TEST_P(ConfiguredProgramTest, NeedsAConfiguration) {
  const Ended ended = run({GetParam(), {}, {}});

  EXPECT_EQ(ended.code, kUsage);
  EXPECT_THAT(ended.err, HasSubstr("--config"));
}

TEST_P(ConfiguredProgramTest, AMissingFileIsAnInvalidConfiguration) {
  const Ended ended = run(command(directory_ / "none.yaml"));

  EXPECT_EQ(ended.code, kInvalidConfiguration);
  EXPECT_THAT(ended.err, HasSubstr("none.yaml"));
}

TEST_P(ConfiguredProgramTest, ListsEveryProblemOfAConfigurationWithItsPlace) {
  const Ended ended = run(command(directory_.write("bad.yaml", kBadConfig)));

  EXPECT_EQ(ended.code, kInvalidConfiguration);
  EXPECT_THAT(ended.out, IsEmpty());
  expect_all_problems(ended.err);
}

TEST_P(ConfiguredProgramTest, ReadsItsFlagsFromTheEnvironmentToo) {
  const std::string config = directory_.write("config.yaml", good_config()).string();
  Process process({GetParam(),
                   {},
                   {{"BALANCER_CONFIG", config},
                    {"BALANCER_LISTEN", "127.0.0.1:0"},
                    {"BALANCER_GRPC_LISTEN", "unix:" + (directory_ / "e.sock").string()},
                    {"BALANCER_HTTP_LISTEN", "127.0.0.1:0"}}});

  const ListeningLine line = process.wait_until_listening();
  process.signal(SIGTERM);

  EXPECT_EQ(line.address("grpc"), "unix:" + (directory_ / "e.sock").string());
  EXPECT_EQ(process.wait_for_exit().code, 0);
}

INSTANTIATE_TEST_SUITE_P(All, ConfiguredProgramTest, testing::Values("balancer", "balancer-controlplane"),
                         name_of);

TEST(CommandLineTest, BadValuesAreWrongUsage) {
  const std::vector<std::vector<std::string>> wrong = {
      {"--listen", "9090"},        {"--listen", "unix:/tmp/x"},  {"--listen", "127.0.0.1:99999"},
      {"--admin-listen", "x"},     {"--threads", "many"},        {"--threads", "-1"},
      {"--control-plane", "here"}, {"--log-level", "loud"},      {"--drain-timeout", "-1"},
      {"--drain-timeout", "soon"}, {"--listen"},                 {"surplus"},
  };

  for (const std::vector<std::string>& arguments : wrong) {
    const Ended ended = run({"balancer-gateway", arguments, {}});

    EXPECT_EQ(ended.code, kUsage) << testing::PrintToString(arguments);
    EXPECT_THAT(ended.err, HasSubstr(arguments.front())) << testing::PrintToString(arguments);
  }
  EXPECT_EQ(run({"balancer-gateway", {}, {{"BALANCER_THREADS", "many"}}}).code, kUsage);
}

TEST(CommandLineTest, AFlagBeatsTheEnvironment) {
  const TempDir directory;
  const std::string config = directory.write("config.yaml", good_config()).string();
  const Process process({"balancer",
                         {"--config", config, "--listen", "127.0.0.1:0"},
                         {{"BALANCER_CONFIG", "/nowhere.yaml"}, {"BALANCER_LISTEN", "not an address"}}});

  EXPECT_NO_THROW(process.wait_until_listening());
}

TEST(CommandLineTest, EachProgramSaysWhatItListensOn) {
  SplitStack split(good_config());
  Standalone standalone(good_config());

  const ListeningLine& gateway = split.gateway().listening();
  const ListeningLine control = split.control_plane().wait_until_listening();

  EXPECT_GT(gateway.port("http"), 0);
  EXPECT_GT(gateway.port("admin"), 0);
  EXPECT_FALSE(gateway.contains("grpc"));
  EXPECT_FALSE(gateway.contains("control_http"));
  EXPECT_EQ(control.address("grpc"), split.control_address());
  EXPECT_GT(control.port("control_http"), 0);
  EXPECT_FALSE(control.contains("http"));
  EXPECT_GT(standalone.gateway().listening().port("http"), 0);
  EXPECT_FALSE(standalone.gateway().listening().contains("admin"));
  EXPECT_EQ(split.client().get("/livez").status, 200);
}

TEST(CommandLineTest, TheListeningLineIsTheOnlyOutput) {
  Standalone stack(good_config());
  stack.client().get("/livez");

  stack.process().signal(SIGTERM);
  stack.process().wait_for_exit();

  const std::string out = stack.process().standard_output();
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1);
  EXPECT_EQ(nlohmann::json::parse(out).at("event"), "listening");
}

TEST(CommandLineTest, APortThatIsTakenIsAFailure) {
  Standalone first(good_config());
  const std::string taken = first.gateway().listening().address("http");
  const TempDir directory;
  const std::string config = directory.write("config.yaml", good_config()).string();

  const Ended second = run({"balancer", {"--config", config, "--listen", taken}, {}});

  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr(taken));
}

TEST(CommandLineTest, ConfigValidateListsEveryProblemAndJudgesByItsStatus) {
  const TempDir directory;
  const std::string good = directory.write("good.yaml", good_config()).string();
  const std::string bad = directory.write("bad.yaml", kBadConfig).string();

  const Ended valid = run({"balancerctl", {"config", "validate", good}, {}});
  const Ended invalid = run({"balancerctl", {"config", "validate", bad}, {}});
  const Ended as_json = run({"balancerctl", {"config", "validate", bad, "-o", "json"}, {}});

  EXPECT_EQ(valid.code, 0);
  EXPECT_EQ(invalid.code, kInvalidConfiguration);
  expect_all_problems(invalid.out + invalid.err);
  EXPECT_EQ(as_json.code, kInvalidConfiguration);
  const nlohmann::json report = nlohmann::json::parse(as_json.out);
  EXPECT_EQ(report.at("valid"), false);
  EXPECT_GE(report.at("problems").size(), 4u);
  EXPECT_EQ(report.at("problems").at(0).at("line"), 3);
  EXPECT_EQ(run({"balancerctl", {"config", "validate", (directory / "none.yaml").string()}, {}}).code,
            kInvalidConfiguration);
}

}  // namespace
}  // namespace balancer::integration

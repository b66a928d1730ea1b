// What a set-up lays open to the network is said when it starts; what it does not lay open is not (promises.md T38, T41,
// T46).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kEverywhere = "0.0.0.0:0";
constexpr const char* kApiKey = "api_key: a-key-of-many-letters";
constexpr const char* kOpenListener = "anybody who reaches this port uses the providers";
constexpr const char* kClearGrpc = "gRPC without TLS";
constexpr const char* kClearControlPlane = "from the control plane without TLS";
constexpr const char* kOpenPage = "sees the live page and /metrics";
constexpr const char* kOpenMetrics = "reads /metrics, which asks for no key";
constexpr const char* kTrusted = "--trusted-network";
const std::vector<std::string> kWarnings{kOpenListener, kClearGrpc, kClearControlPlane, kOpenPage, kOpenMetrics};

std::string config(const std::vector<std::string>& auth = {}) {
  std::vector<std::string> settings;
  if (!auth.empty()) settings.push_back("auth:");
  for (const std::string& line : auth) settings.push_back("  " + line);
  return edge_config({provider_entry("a", "http://127.0.0.1:1")}, settings);
}

// Everything that a program says from its start to its end.
std::string words_of(Command command) {
  Process process(std::move(command));
  process.wait_until_listening();
  process.signal(SIGTERM);
  process.wait_for_exit();
  return process.standard_error();
}

std::size_t count(const std::string& text, const std::string& phrase) {
  std::size_t found = 0;
  for (std::size_t at = text.find(phrase); at != std::string::npos; at = text.find(phrase, at + 1)) ++found;
  return found;
}

void expect_only(const std::string& words, const std::vector<std::string>& wanted) {
  for (const std::string& warning : kWarnings) {
    const bool expected = std::find(wanted.begin(), wanted.end(), warning) != wanted.end();
    EXPECT_EQ(count(words, warning), expected ? 1u : 0u) << warning << "\nin\n" << words;
  }
}

class ExposureTest : public testing::Test {
 protected:
  [[nodiscard]] Command standalone(const std::string& text, const std::string& listen,
                                   const std::string& http_listen = "127.0.0.1:0") const {
    return {"balancer",
            {"--config", directory_.write("config.yaml", text).string(), "--listen", listen, "--grpc-listen", socket(),
             "--http-listen", http_listen},
            {}};
  }
  [[nodiscard]] Command control_plane(const std::string& grpc_listen, const std::string& http_listen) const {
    return {"balancer-controlplane",
            {"--config", directory_.write("config.yaml", config()).string(), "--grpc-listen", grpc_listen,
             "--http-listen", http_listen},
            {}};
  }
  [[nodiscard]] static Command gateway(const std::string& control_plane, const std::string& admin_listen) {
    return {"balancer-gateway",
            {"--control-plane", control_plane, "--listen", "127.0.0.1:0", "--admin-listen", admin_listen},
            {}};
  }
  [[nodiscard]] static Command with(Command command, const std::string& flag) {
    command.arguments.push_back(flag);
    return command;
  }
  [[nodiscard]] std::string socket() const { return "unix:" + (directory_ / "c.sock").string(); }

  TempDir directory_;
};

TEST_F(ExposureTest, NothingIsSaidOfWhatOnlyThisMachineReaches) {
  expect_only(words_of(standalone(config({"allow_unauthenticated: true"}), "127.0.0.1:0")), {});
  expect_only(words_of(control_plane(socket(), "127.0.0.1:0")), {});
  expect_only(words_of(control_plane("127.0.0.1:0", "[::1]:0")), {});
  expect_only(words_of(gateway(socket(), "127.0.0.1:0")), {});
  expect_only(words_of(gateway("localhost:1", "127.0.0.1:0")), {});
}

TEST_F(ExposureTest, AGatewayOpenToAllIsWarnedOf) {
  expect_only(words_of(standalone(config({"allow_unauthenticated: true"}), kEverywhere)), {kOpenListener});
  expect_only(words_of(standalone(config({"allow_unauthenticated: true", kApiKey}), kEverywhere)), {});
}

TEST_F(ExposureTest, AGatewayThatAReloadOpensToAllIsWarnedOf) {
  Process process(standalone(config({"allow_unauthenticated: true", kApiKey}), kEverywhere));
  const fakes::HttpClient client(process.wait_until_listening().port("http"));
  ASSERT_THAT(process.standard_error(), Not(HasSubstr(kOpenListener)));

  directory_.write("config.yaml", config({"allow_unauthenticated: true"}));
  ASSERT_EQ(run({"balancerctl", {"--server", socket(), "reload"}, {}}).code, 0);

  EXPECT_TRUE(eventually([&] { return client.get("/v1/models").status == 200; }));
  EXPECT_TRUE(eventually([&] { return count(process.standard_error(), kOpenListener) == 1; }));
}

TEST_F(ExposureTest, GrpcInTheClearIsRefusedOrWarnedOf) {
  EXPECT_EQ(run(control_plane(kEverywhere, "127.0.0.1:0")).code, 2);
  expect_only(words_of(with(control_plane(kEverywhere, "127.0.0.1:0"), "--insecure-grpc")), {kClearGrpc});
}

TEST_F(ExposureTest, AControlPlaneAcrossTheNetworkIsWarnedOf) {
  // Nobody is there (RFC 5737): the gateway waits for it as it would for one that has not started.
  expect_only(words_of(gateway("192.0.2.1:9091", "127.0.0.1:0")), {kClearControlPlane});
  const Ended asked = run({"balancerctl", {"--server", "0.0.0.0:1", "get", "providers"}, {}});
  EXPECT_EQ(count(asked.err, "no TLS to the control plane at 0.0.0.0:1"), 1u) << asked.err;
  EXPECT_EQ(asked.out, "");
}

TEST_F(ExposureTest, PagesWithoutAKeyAreWarnedOfOnceUnlessTheNetworkIsTrusted) {
  expect_only(words_of(standalone(config(), "127.0.0.1:0", kEverywhere)), {kOpenPage});
  expect_only(words_of(control_plane(socket(), kEverywhere)), {kOpenPage});
  expect_only(words_of(gateway(socket(), kEverywhere)), {kOpenMetrics});

  expect_only(words_of(with(standalone(config(), "127.0.0.1:0", kEverywhere), kTrusted)), {});
  expect_only(words_of(with(control_plane(socket(), kEverywhere), kTrusted)), {});
  expect_only(words_of(with(gateway(socket(), kEverywhere), kTrusted)), {});
}

TEST_F(ExposureTest, ATrustedNetworkExcusesNeitherOpenGatewaysNorClearGrpc) {
  expect_only(words_of(with(standalone(config({"allow_unauthenticated: true"}), kEverywhere), kTrusted)),
              {kOpenListener});
  expect_only(words_of(with(with(control_plane(kEverywhere, "127.0.0.1:0"), "--insecure-grpc"), kTrusted)),
              {kClearGrpc});
  expect_only(words_of(with(gateway("192.0.2.1:9091", "127.0.0.1:0"), kTrusted)), {kClearControlPlane});
}

TEST_F(ExposureTest, SecretsThatOthersCanReadAreWarnedOf) {
  const std::filesystem::path file =
      directory_.write("config.yaml", config({"api_key: canary-of-many-letters"}));
  std::filesystem::permissions(file, std::filesystem::perms(0640));

  const Ended judged = run({"balancerctl", {"config", "validate", file.string()}, {}});

  EXPECT_EQ(judged.code, 0);
  const std::string said = judged.out + judged.err;
  EXPECT_EQ(count(said, "others than its owner can read this secret"), 2u) << said;
  EXPECT_THAT(said, AllOf(HasSubstr("auth_value"), HasSubstr("api_key"), Not(HasSubstr("canary"))));
}

TEST_F(ExposureTest, AKeyAmongTheArgumentsIsWarnedOf) {
  const std::string file = directory_.write("key", "key-in-file\n").string();
  const auto environment_of = [](std::vector<std::string> arguments, std::map<std::string, std::string> variables) {
    arguments.insert(arguments.begin(), {"env", "--shell", "sh", "--url", "http://127.0.0.1:1"});
    return run({"balancerctl", std::move(arguments), std::move(variables)});
  };

  const Ended argument = environment_of({"--key", "key-in-arguments"}, {});
  const Ended from_file = environment_of({"--key-file", file}, {});
  const Ended variable = environment_of({}, {{"BALANCER_CLIENT_KEY", "key-in-variable"}});
  const Ended missing = environment_of({"--key-file", file + ".none"}, {});

  EXPECT_THAT(argument.out, HasSubstr("key-in-arguments"));
  EXPECT_THAT(argument.err, AllOf(HasSubstr("--key-file"), Not(HasSubstr("key-in-arguments"))));
  EXPECT_THAT(from_file.out, HasSubstr("key-in-file"));
  EXPECT_EQ(from_file.err, "");
  EXPECT_THAT(variable.out, HasSubstr("key-in-variable"));
  EXPECT_EQ(variable.err, "");
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr("No such file"));
}

// The soft and the hard limit.
std::string core_limit(const Process& process) {
  std::ifstream limits("/proc/" + std::to_string(process.id()) + "/limits");
  for (std::string line; std::getline(limits, line);) {
    if (line.starts_with("Max core file size")) return line;
  }
  return "";
}

TEST_F(ExposureTest, NoProgramLeavesACoreDump) {
  SplitStack split(config());
  Standalone standalone(config());

  for (Process* process : {&split.control_plane(), &split.gateway().process(), &standalone.process()}) {
    EXPECT_THAT(core_limit(*process), testing::ContainsRegex("size +1 +1 +bytes"));
  }
}

TEST_F(ExposureTest, ADeveloperKeepsCoreDumps) {
  Standalone forbidding(config());
  Standalone keeping(config(), {.environment = {{"BALANCER_CORE_DUMPS", "1"}},
                                .gateway_arguments = {},
                                .controlplane_arguments = {}});

  EXPECT_NE(core_limit(keeping.process()), core_limit(forbidding.process()));
}

}  // namespace
}  // namespace balancer::integration

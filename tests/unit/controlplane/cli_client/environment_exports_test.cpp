#include "controlplane/cli/client/environment_exports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/controlplane/cli_client/given_environment.hpp"
#include "tests/unit/controlplane/cli_client/shell_run.hpp"

namespace balancer::controlplane::cli {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::Pair;

// All that a shell might take for more than a letter.
constexpr const char* kHostile =
    "it's \"quoted\" $HOME `id` $(id) \\ \\' ; # ! * ~ {a,b} %s\n\ttwo lines \xE2\x80\x98x\xE2\x80\x99 \xC3\xA4 =";

std::map<std::string, std::string> variables_in(const std::string& dump) {
  std::map<std::string, std::string> variables;
  for (std::size_t begin = 0; begin < dump.size();) {
    const std::size_t end = std::min(dump.find('\0', begin), dump.size());
    const std::string entry = dump.substr(begin, end - begin);
    const std::size_t equals = entry.find('=');
    if (equals != std::string::npos) variables[entry.substr(0, equals)] = entry.substr(equals + 1);
    begin = end + 1;
  }
  return variables;
}

// The program's name, what evaluates its first argument and shows the environment, and how to start it bare.
struct ShellCase {
  Shell shell;
  std::string program;
  std::vector<std::string> arguments;
  std::string evaluation;
};

const std::vector<ShellCase>& shell_cases() {
  static const std::vector<ShellCase> kCases{
      {Shell::kPosix, "sh", {}, "eval \"$1\"; exec env -0"},
      {Shell::kBash, "bash", {"--norc", "--noprofile"}, "eval \"$1\"; exec env -0"},
      {Shell::kZsh, "zsh", {"-f"}, "eval \"$1\"; exec env -0"},
      {Shell::kFish, "fish", {"--no-config"}, "printf '%s' $argv[2] | source; exec env -0"},
  };
  return kCases;
}

class EnvironmentExportsTest : public testing::TestWithParam<std::size_t> {
 protected:
  [[nodiscard]] const ShellCase& shell() const { return shell_cases()[GetParam()]; }

  // What is in the environment once the shell has evaluated the text.
  [[nodiscard]] std::map<std::string, std::string> evaluated(const std::string& text) const {
    std::vector<std::string> arguments = shell().arguments;
    arguments.insert(arguments.end(), {"-c", shell().evaluation, "shell", text});
    return variables_in(run_.output(installed(shell().program), arguments, {{"ANTHROPIC_API_KEY", "from-before"}}));
  }

  ShellRun run_;
};

TEST_P(EnvironmentExportsTest, EveryValueArrivesAsItIs) {
  if (installed(shell().program).empty()) GTEST_SKIP() << shell().program << " is not installed";

  const auto variables = evaluated(environment_exports(
      shell().shell, {std::string("http://127.0.0.1:1/") + kHostile, Secret(kHostile), given({{"NO_PROXY", kHostile}})}));

  EXPECT_THAT(variables, Contains(Pair("ANTHROPIC_BASE_URL", std::string("http://127.0.0.1:1/") + kHostile)));
  EXPECT_THAT(variables, Contains(Pair("ANTHROPIC_AUTH_TOKEN", kHostile)));
  EXPECT_THAT(variables, Contains(Pair("CLAUDE_CODE_GATEWAY_HINT_HEADERS", "1")));
  EXPECT_THAT(variables, Not(Contains(Key("ANTHROPIC_API_KEY"))));
}

TEST_P(EnvironmentExportsTest, WithoutAKeyNoCredentialIsTouched) {
  if (installed(shell().program).empty()) GTEST_SKIP() << shell().program << " is not installed";

  const std::string text = environment_exports(shell().shell, {"http://127.0.0.1:9090", {}, given({})});
  const auto variables = evaluated(text);

  EXPECT_THAT(variables, Contains(Pair("NO_PROXY", "127.0.0.1")));
  EXPECT_THAT(variables, Contains(Pair("ANTHROPIC_API_KEY", "from-before")));
  EXPECT_THAT(variables, Not(Contains(Key("ANTHROPIC_AUTH_TOKEN"))));
  EXPECT_THAT(text, HasSubstr("ANTHROPIC_AUTH_TOKEN"));
}

INSTANTIATE_TEST_SUITE_P(Shells, EnvironmentExportsTest, testing::Range<std::size_t>(0, 4),
                         [](const auto& each) { return shell_cases()[each.param].program; });

TEST(EnvironmentExportsTextTest, StaysRightWhenItsLinesAreJoined) {
  const ShellRun run;
  const std::string text = environment_exports(Shell::kPosix, {"http://127.0.0.1:9090", {}, given({})});

  const auto variables = variables_in(run.output("/bin/sh", {"-c", "eval $1; exec env -0", "sh", text}));

  EXPECT_THAT(variables, Contains(Pair("ANTHROPIC_BASE_URL", "http://127.0.0.1:9090")));
  EXPECT_THAT(variables, Contains(Pair("CLAUDE_CODE_GATEWAY_HINT_HEADERS", "1")));
}

TEST(EnvironmentExportsTextTest, SpeaksPowerShell) {
  const std::string text =
      environment_exports(Shell::kPowerShell, {"https://h", Secret("it's $x"), given({})});

  EXPECT_THAT(text, HasSubstr("$env:ANTHROPIC_BASE_URL = 'https://h';\n"));
  EXPECT_THAT(text, HasSubstr("$env:ANTHROPIC_AUTH_TOKEN = 'it''s $x';\n"));
  EXPECT_THAT(text, HasSubstr("Remove-Item -ErrorAction SilentlyContinue Env:ANTHROPIC_API_KEY;\n"));
}

}  // namespace
}  // namespace balancer::controlplane::cli

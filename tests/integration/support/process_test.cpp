#include "tests/integration/support/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace balancer::integration {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

Command shell(const std::string& script) { return {"/bin/sh", {"-c", script}, {{"GREETING", "hello"}}}; }

TEST(ProcessTest, ReadsThePortsThatTheProgramAnnounces) {
  const Process process(shell(R"(
      echo starting
      echo '{"event":"listening","http":"127.0.0.1:4711","grpc":"unix:/run/b.sock"}'
      exec sleep 60)"));

  const ListeningLine line = process.wait_until_listening();

  EXPECT_EQ(line.port("http"), 4711);
  EXPECT_EQ(line.address("grpc"), "unix:/run/b.sock");
  EXPECT_FALSE(line.contains("admin"));
}

TEST(ProcessTest, ReportsExitCodeAndAllOutput) {
  const Process process(shell("echo $GREETING; echo trouble >&2; exit 4"));

  const ExitStatus status = process.wait_for_exit();

  EXPECT_EQ(status.code, 4);
  EXPECT_EQ(process.standard_output(), "hello\n");
  EXPECT_EQ(process.standard_error(), "trouble\n");
  EXPECT_FALSE(process.running());
}

TEST(ProcessTest, DeathBeforeListeningIsAnErrorThatCarriesStderr) {
  const Process process(shell("echo no such file >&2; exit 2"));

  try {
    process.wait_until_listening();
    FAIL() << "nothing was thrown";
  } catch (const ProcessError& error) {
    EXPECT_THAT(error.what(), HasSubstr("exit code 2"));
    EXPECT_THAT(error.what(), HasSubstr("no such file"));
  }
}

TEST(ProcessTest, AFrozenProcessIsStillKilled) {
  Process process({"/bin/sleep", {"60"}, {}});

  process.signal(SIGSTOP);
  EXPECT_THROW(process.wait_for_exit(milliseconds(50)), ProcessError);
  process.signal(SIGKILL);

  EXPECT_EQ(process.wait_for_exit().signal, SIGKILL);
}

TEST(ProcessTest, AFrozenProcessStandsStillAtOnce) {
  for (int i = 0; i < 20; ++i) {
    Process process(shell("while :; do :; done"));
    process.signal(SIGSTOP);

    std::ifstream file("/proc/" + std::to_string(process.id()) + "/stat");
    const std::string stat{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(stat, HasSubstr(") T "));
  }
}

TEST(ProcessTest, KeepsTheTestersEnvironmentOut) {
  ::setenv("ANTHROPIC_API_KEY", "of-the-tester", 1);
  const Process process(shell("echo key=$ANTHROPIC_API_KEY"));

  process.wait_for_exit();

  EXPECT_EQ(process.standard_output(), "key=\n");
}

}  // namespace
}  // namespace balancer::integration

#include "controlplane/cli/client/claude_launch.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/fakes/temp_dir.hpp"

namespace balancer::controlplane::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Launched {
  int status = -1;
  std::string out;
  std::string err;
};

class ClaudeLaunchTest : public testing::Test {
 protected:
  void install_claude(const std::string& text) const {
    std::filesystem::permissions(folder_.write("claude", text), std::filesystem::perms::owner_all);
  }

  // In a process of its own, with nothing on its PATH but what is installed here.
  [[nodiscard]] Launched launch(const std::vector<std::pair<std::string, std::string>>& variables,
                                const std::string& key, const std::vector<std::string>& arguments) const {
    const pid_t child = ::fork();
    if (child == 0) {
      redirect(STDOUT_FILENO, "out");
      redirect(STDERR_FILENO, "err");
      ::clearenv();
      ::setenv("PATH", folder_.path().c_str(), 1);
      for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
      const int status = run_claude({"http://127.0.0.1:9090", Secret(key), process_environment()}, arguments);
      std::fflush(nullptr);
      ::_exit(status);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content("out"), content("err")};
  }

 private:
  void redirect(int descriptor, const char* name) const {
    const int file = ::open((folder_ / name).c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    ::dup2(file, descriptor);
  }
  [[nodiscard]] std::string content(const char* name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  fakes::TempDir folder_;
};

constexpr const char* kTellingClaude = "#!/bin/sh\nfor each in \"$@\"; do echo \"<$each>\"; done\n/usr/bin/env\nexit 7\n";

TEST_F(ClaudeLaunchTest, HandsOverArgumentsVariablesAndExitStatus) {
  install_claude(kTellingClaude);

  const Launched launched =
      launch({{"ANTHROPIC_API_KEY", "old"}, {"OTHER", "stays"}}, "gw-1", {"--continue", "", "a b'c\n$HOME", "--", "-p"});

  EXPECT_EQ(launched.status, 7) << launched.err;
  EXPECT_THAT(launched.out, StartsWith("<--continue>\n<>\n<a b'c\n$HOME>\n<-->\n<-p>\n"));
  EXPECT_THAT(launched.out, AllOf(HasSubstr("\nANTHROPIC_BASE_URL=http://127.0.0.1:9090\n"),
                                  HasSubstr("\nANTHROPIC_AUTH_TOKEN=gw-1\n"), HasSubstr("\nNO_PROXY=127.0.0.1\n"),
                                  HasSubstr("\nOTHER=stays\n"), Not(HasSubstr("ANTHROPIC_API_KEY"))));
}

TEST_F(ClaudeLaunchTest, GivesSomeKeyWhereThereIsNone) {
  install_claude(kTellingClaude);

  EXPECT_THAT(launch({}, "", {}).out, HasSubstr("ANTHROPIC_AUTH_TOKEN=balancer\n"));
  EXPECT_THAT(launch({{"ANTHROPIC_API_KEY", "mine"}}, "", {}).out,
              AllOf(HasSubstr("ANTHROPIC_API_KEY=mine\n"), Not(HasSubstr("ANTHROPIC_AUTH_TOKEN"))));
}

TEST_F(ClaudeLaunchTest, SaysHowToInstallWhatIsNotThere) {
  const Launched launched = launch({}, "gw-secret", {});

  EXPECT_EQ(launched.status, 127);
  EXPECT_EQ(launched.out, "");
  EXPECT_THAT(launched.err, AllOf(HasSubstr("not installed"), HasSubstr("npm install -g @anthropic-ai/claude-code"),
                                  Not(HasSubstr("gw-secret"))));
}

}  // namespace
}  // namespace balancer::controlplane::cli

#include "common/process/core_dumps.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace balancer {
namespace {

void allow_all_that_is_allowed() {
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_CORE, &limit);
}

// How a child ends that does this; it starts with as large a core limit as it may have, in a folder of its own.
template <class Action>
int end_of_child(Action action) {
  std::string folder = ::testing::TempDir() + "core-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    if (::chdir(folder.c_str()) != 0) ::_exit(100);
    allow_all_that_is_allowed();
    action();
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(::rmdir(folder.c_str()), 0) << folder << " is not empty";
  return status;
}

TEST(CoreDumpsTest, ACrashLeavesNone) {
  const int status = end_of_child([] {
    forbid_core_dumps();
    ::signal(SIGABRT, SIG_DFL);
    ::abort();
  });

  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGABRT);
  EXPECT_FALSE(WCOREDUMP(status));
}

TEST(CoreDumpsTest, CannotBeAllowedAgain) {
  const int status = end_of_child([] {
    forbid_core_dumps();
    rlimit limit{};
    ::getrlimit(RLIMIT_CORE, &limit);
    ::_exit(limit.rlim_cur <= 1 && limit.rlim_max <= 1 ? 0 : 1);
  });

  EXPECT_EQ(status, 0);
}

TEST(CoreDumpsTest, DebuggersOfTheSameUserMayStillLook) {
  const int status = end_of_child([] {
    forbid_core_dumps();
    ::_exit(::prctl(PR_GET_DUMPABLE) == 1 ? 0 : 1);
  });

  EXPECT_EQ(status, 0);
}

TEST(CoreDumpsTest, ADeveloperKeepsWhatTheSystemAllows) {
  const int status = end_of_child([] {
    rlimit before{};
    ::getrlimit(RLIMIT_CORE, &before);
    ::setenv("BALANCER_CORE_DUMPS", "1", 1);
    forbid_core_dumps();
    rlimit after{};
    ::getrlimit(RLIMIT_CORE, &after);
    ::_exit(before.rlim_cur == after.rlim_cur && before.rlim_max == after.rlim_max ? 0 : 1);
  });

  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace balancer

// A log that cannot be written costs log lines and nothing else: no answer, no start, no end.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "tests/fakes/fake_provider.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

// More than a destination's queue and a pipe hold together.
constexpr int kRequests = 12'000;

// A pipe with a name whose reading end is open and never read: a terminal that was stopped, a dead collector of logs.
class UnreadPipe {
 public:
  explicit UnreadPipe(std::filesystem::path path) : path_(std::move(path)) {
    if (::mkfifo(path_.c_str(), 0600) != 0) throw std::runtime_error("mkfifo");
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0) throw std::runtime_error("open");
  }
  ~UnreadPipe() { ::close(descriptor_); }
  UnreadPipe(const UnreadPipe&) = delete;
  UnreadPipe& operator=(const UnreadPipe&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }
  // Whether somebody who writes now has to wait.
  [[nodiscard]] bool full() const {
    pollfd writable{.fd = descriptor_, .events = POLLOUT, .revents = 0};
    return ::poll(&writable, 1, /*timeout=*/0) == 0;
  }

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

class LogDuressTest : public testing::Test {
 protected:
  LogDuressTest()
      : stack_(edge_config({provider_entry("a", provider_.base_url())}),
               {.environment = {}, .gateway_arguments = {}, .controlplane_arguments = {}, .gateways = 0}) {
    provider_.always(fakes::json_message("answered all the same"));
  }

  // A gateway whose standard error and log file are these.
  [[nodiscard]] Command gateway(const std::string& standard_error, const std::string& log_file) const {
    // The tests lie where the programs do.
    const std::filesystem::path programs = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    const std::string script = "exec \"$0\" \"$@\" 2>\"$STANDARD_ERROR\"";
    return {"/bin/sh",
            {"-c", script, (programs / "balancer-gateway").string(), "--control-plane", stack_.control_address(),
             "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--log-file", log_file},
            {{"STANDARD_ERROR", standard_error}}};
  }

  static double dropped_lines(const RunningGateway& gateway) {
    return gateway.metric("balancer_gateway_log_lines_dropped_total").value_or(-1);
  }

  fakes::TempDir folder_;
  fakes::FakeProvider provider_;
  SplitStack stack_;
};

TEST_F(LogDuressTest, ATerminalThatNobodyReadsCostsLinesThatAreCountedAndNoAnswer) {
  const UnreadPipe terminal(folder_.path() / "terminal");
  const std::filesystem::path file = folder_.path() / "log.jsonl";
  RunningGateway gateway(this->gateway(terminal.path(), file.string()));
  ASSERT_EQ(dropped_lines(gateway), 0);

  // Each writes an access record; a path that nobody serves is the quickest way to one.
  fakes::HttpConnection connection = gateway.client().connect();
  for (int i = 0; i < kRequests; ++i) ASSERT_EQ(connection.get("/v1/nothing").status, 404);

  EXPECT_EQ(gateway.client().post("/v1/messages", small_request()).status, 200);
  EXPECT_TRUE(terminal.full());
  EXPECT_GT(dropped_lines(gateway), 0);
  // The other destination is not held up.
  EXPECT_TRUE(eventually([&] {
    std::ifstream in(file);
    return std::count(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>(), '\n') > kRequests;
  }));
  gateway.process().signal(SIGTERM);
  EXPECT_EQ(gateway.process().wait_for_exit().code, 0);
}

TEST_F(LogDuressTest, AFullDiskCostsLinesThatAreCountedAndNoAnswer) {
  const std::string full = "/dev/full";
  for (const bool file_is_full : {false, true}) {
    SCOPED_TRACE(file_is_full ? "the file" : "the terminal");
    RunningGateway gateway(file_is_full ? this->gateway("/dev/null", full) : this->gateway(full, "/dev/null"));

    for (int i = 0; i < 100; ++i) ASSERT_EQ(gateway.client().post("/v1/messages", small_request()).status, 200);

    EXPECT_TRUE(eventually([&] { return dropped_lines(gateway) >= 100; }));
    gateway.process().signal(SIGTERM);
    EXPECT_EQ(gateway.process().wait_for_exit().code, 0);
  }
}

}  // namespace
}  // namespace balancer::integration

// A program under test, running as a child that cannot outlive the test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace balancer::integration {

// What a program said that it listens on, in its `{"event":"listening",...}` line.
class ListeningLine {
 public:
  // Nothing when the line is not that one.
  [[nodiscard]] static std::optional<ListeningLine> parse(const std::string& line);

  // "127.0.0.1:9090", "unix:/run/b.sock"; throws std::out_of_range when the line has no such key.
  [[nodiscard]] const std::string& address(const std::string& key) const { return addresses_.at(key); }
  [[nodiscard]] bool contains(const std::string& key) const { return addresses_.contains(key); }
  // Of a TCP address. Throws std::out_of_range.
  [[nodiscard]] std::uint16_t port(const std::string& key) const;

 private:
  std::map<std::string, std::string> addresses_;
};

// How a process ended: by exit code, or by a signal.
struct ExitStatus {
  std::optional<int> code;
  std::optional<int> signal;
};

// Thrown when a process does not do in time what the test waits for; carries its stderr.
class ProcessError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Command {
  // A bare name is looked for where the build puts its binaries.
  std::filesystem::path program;
  std::vector<std::string> arguments;
  // Added to an environment that holds PATH, TZ=UTC, LANG=C.UTF-8 and the sanitizers' options, and nothing else.
  std::map<std::string, std::string> environment;
};

// Starts at construction. To be created on a thread that outlives it (the kernel kills the child with its thread) and
// used by one thread at a time. The destructor kills and reaps, attaches the child's stderr to a test that has failed,
// and fails the test when that stderr holds a sanitizer's report.
class Process {
 public:
  explicit Process(Command command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Throws ProcessError when the line does not come, or the process ends before it.
  ListeningLine wait_until_listening(std::chrono::milliseconds within = std::chrono::seconds(30)) const;
  // SIGTERM, SIGKILL, SIGSTOP, SIGCONT... Without effect once the process has ended. Returns from SIGSTOP when none of its
  // threads runs any more.
  void signal(int number);
  // Throws ProcessError when the process runs on.
  ExitStatus wait_for_exit(std::chrono::milliseconds within = std::chrono::seconds(30)) const;
  [[nodiscard]] bool running() const;
  // Its process id; somebody else's once the process has ended and was waited for.
  [[nodiscard]] pid_t id() const { return pid_; }

  // All that was written until now; complete after wait_for_exit().
  [[nodiscard]] std::string standard_output() const;
  [[nodiscard]] std::string standard_error() const;

 private:
  void follow(int output, int error);
  [[nodiscard]] std::string account(std::string_view what) const;

  std::string name_;
  pid_t pid_ = -1;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string output_;
  std::string error_;
  std::optional<ExitStatus> exit_;

  // Last: it uses everything above.
  std::thread follower_;
};

}  // namespace balancer::integration

#include "tests/integration/support/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

namespace balancer::integration {
namespace {

// What of a child's stderr a failure message holds: its end.
constexpr std::size_t kShownBytes = 16 * 1024;

struct Pipe {
  int reading = -1;
  int writing = -1;
};

Pipe new_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  return {ends[0], ends[1]};
}

std::vector<std::string> environment_of(const Command& command) {
  std::map<std::string, std::string> variables{{"TZ", "UTC"}, {"LANG", "C.UTF-8"}};
  for (const char* const kept : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(kept)) variables[kept] = value;
  }
  for (const auto& [name, value] : command.environment) variables[name] = value;

  std::vector<std::string> lines;
  for (const auto& [name, value] : variables) lines.push_back(name + '=' + value);
  return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string path_of(const std::filesystem::path& program) {
  if (program.has_parent_path()) return program.string();
  return (std::filesystem::path(BALANCER_BINARY_DIR) / program).string();
}

// Runs in the child between fork and exec: nothing here may allocate or lock.
[[noreturn]] void become(const char* path, char* const* arguments, char* const* environment, int output, int error,
                         pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  ::signal(SIGPIPE, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(error, STDERR_FILENO);
  ::execve(path, arguments, environment);
  ::_exit(127);
}

// False at the end of the stream.
bool append_available(int descriptor, std::string& text) {
  std::array<char, 16 * 1024> buffer;
  const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
  if (size > 0) text.append(buffer.data(), static_cast<std::size_t>(size));
  return size > 0 || (size < 0 && errno == EINTR);
}

std::optional<ListeningLine> find_listening_line(const std::string& output) {
  std::size_t start = 0;
  for (std::size_t end = output.find('\n'); end != std::string::npos; end = output.find('\n', start)) {
    std::optional<ListeningLine> line = ListeningLine::parse(output.substr(start, end - start));
    if (line) return line;
    start = end + 1;
  }
  return std::nullopt;
}

bool holds_sanitizer_report(const std::string& text) {
  for (const char* const mark :
       {"ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer", "runtime error: "}) {
    if (text.find(mark) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

std::optional<ListeningLine> ListeningLine::parse(const std::string& line) {
  const nlohmann::json document = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || document.value("event", "") != "listening") return std::nullopt;
  ListeningLine listening;
  for (const auto& [key, value] : document.items()) {
    if (value.is_string()) listening.addresses_[key] = value.get<std::string>();
  }
  return listening;
}

std::uint16_t ListeningLine::port(const std::string& key) const {
  const std::string& text = address(key);
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  const auto result = std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  if (colon == std::string::npos || result.ec != std::errc()) throw std::out_of_range(key + " has no port: " + text);
  return port;
}

Process::Process(Command command) : name_(command.program.filename().string()) {
  // Made before the fork: the child of a process with threads must not allocate.
  std::vector<std::string> words{path_of(command.program)};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> variables = environment_of(command);
  const std::vector<char*> arguments = pointers_to(words);
  const std::vector<char*> environment = pointers_to(variables);
  if (::access(words.front().c_str(), X_OK) != 0) throw ProcessError("no such program: " + words.front());
  const Pipe output = new_pipe();
  const Pipe error = new_pipe();

  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    become(words.front().c_str(), arguments.data(), environment.data(), output.writing, error.writing, parent);
  }
  const int fork_error = errno;
  ::close(output.writing);
  ::close(error.writing);
  if (pid_ < 0) {
    ::close(output.reading);
    ::close(error.reading);
    throw std::system_error(fork_error, std::generic_category(), "fork");
  }
  follower_ = std::thread([this, from = output.reading, errors = error.reading] { follow(from, errors); });
}

Process::~Process() {
  signal(SIGKILL);
  follower_.join();
  if (testing::UnitTest::GetInstance()->current_test_info() == nullptr) return;
  if (holds_sanitizer_report(error_) || testing::Test::HasFailure()) ADD_FAILURE() << account("ran in this test");
}

// Both pipes end when the process does, so that once its status is known, so is all that it wrote.
void Process::follow(int output, int error) {
  std::array<pollfd, 2> pipes{pollfd{output, POLLIN, 0}, pollfd{error, POLLIN, 0}};
  while (pipes[0].fd >= 0 || pipes[1].fd >= 0) {
    if (::poll(pipes.data(), pipes.size(), -1) < 0) continue;
    const std::lock_guard lock(mutex_);
    if (pipes[0].revents != 0 && !append_available(output, output_)) pipes[0].fd = -1;
    if (pipes[1].revents != 0 && !append_available(error, error_)) pipes[1].fd = -1;
    changed_.notify_all();
  }
  ::close(output);
  ::close(error);

  // Looks without reaping, so that signal() never meets a process id that is already someone else's.
  siginfo_t ended{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  const std::lock_guard lock(mutex_);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  exit_.emplace();
  if (WIFEXITED(status)) exit_->code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) exit_->signal = WTERMSIG(status);
  changed_.notify_all();
}

ListeningLine Process::wait_until_listening(std::chrono::milliseconds within) const {
  std::unique_lock lock(mutex_);
  std::optional<ListeningLine> line;
  changed_.wait_for(lock, within, [&] {
    line = find_listening_line(output_);
    return line || exit_;
  });
  if (!line) throw ProcessError(account(exit_ ? "ended before it listened" : "did not listen in time"));
  return *line;
}

void Process::signal(int number) {
  const std::lock_guard lock(mutex_);
  if (exit_) return;
  ::kill(pid_, number);
  if (number != SIGSTOP) return;
  // A thread of it may run on for a moment, and answer somebody.
  siginfo_t stopped{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &stopped, WSTOPPED | WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
}

ExitStatus Process::wait_for_exit(std::chrono::milliseconds within) const {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, within, [&] { return exit_.has_value(); })) {
    throw ProcessError(account("did not end in time"));
  }
  return *exit_;
}

bool Process::running() const {
  const std::lock_guard lock(mutex_);
  return !exit_;
}

std::string Process::standard_output() const {
  const std::lock_guard lock(mutex_);
  return output_;
}

std::string Process::standard_error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

// The caller holds the mutex, or nobody else is left.
std::string Process::account(std::string_view what) const {
  std::string text = name_ + ' ' + std::string(what);
  if (exit_ && exit_->code) text += " (exit code " + std::to_string(*exit_->code) + ')';
  if (exit_ && exit_->signal) text += " (signal " + std::to_string(*exit_->signal) + ')';
  const std::size_t skipped = error_.size() > kShownBytes ? error_.size() - kShownBytes : 0;
  return text + "\nstderr:\n" + error_.substr(skipped);
}

}  // namespace balancer::integration

#include "common/metrics/process_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <future>
#include <memory>
#include <thread>

#include "tests/unit/common/metrics/exposition_text.hpp"

namespace balancer::metrics {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::Gt;
using testing::Le;

ExpositionText process_metrics() {
  Families families;
  add_process_metrics(families);
  return ExpositionText(exposition(std::move(families)));
}

double process_metric(const std::string& name) { return process_metrics().value(name).value(); }

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

TEST(ProcessMetricsTest, NamesAndTypesAreThoseThatDashboardsKnow) {
  const std::map<std::string, std::string> known{
      {"process_cpu_seconds_total", "counter"},   {"process_max_fds", "gauge"},
      {"process_open_fds", "gauge"},              {"process_resident_memory_bytes", "gauge"},
      {"process_start_time_seconds", "gauge"},    {"process_threads", "gauge"},
      {"process_virtual_memory_bytes", "gauge"},
  };

  EXPECT_EQ(process_metrics().families(), known);
}

TEST(ProcessMetricsTest, AreAddedBehindWhatIsThere) {
  Families families{gauge("mine", "Mine.", 1)};

  add_process_metrics(families);

  EXPECT_EQ(families.front().name, "mine");
  EXPECT_GT(families.size(), 1u);
}

TEST(ProcessMetricsTest, MemoryIsMoreThanNothingAndLessThanTheAddressSpace) {
  const ExpositionText text = process_metrics();
  const double resident = text.value("process_resident_memory_bytes").value();

  EXPECT_THAT(resident, AllOf(Gt(100'000), Le(text.value("process_virtual_memory_bytes").value())));
}

TEST(ProcessMetricsTest, MemoryThatIsTouchedIsInUse) {
  constexpr std::size_t kSize = 64U << 20U;
  const double before = process_metric("process_resident_memory_bytes");

  const auto memory = std::make_unique_for_overwrite<char[]>(kSize);
  for (std::size_t i = 0; i < kSize; i += 1024) reinterpret_cast<volatile char*>(memory.get())[i] = 1;

  EXPECT_GT(process_metric("process_resident_memory_bytes"), before + kSize / 2.0);
}

TEST(ProcessMetricsTest, EachOpenFileIsCounted) {
  const double before = process_metric("process_open_fds");
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);

  const double during = process_metric("process_open_fds");
  for (const int end : ends) close(end);

  EXPECT_EQ(during, before + 2);
  EXPECT_EQ(process_metric("process_open_fds"), before);
}

TEST(ProcessMetricsTest, LimitOfOpenFilesIsTheProcesssOwn) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);

  EXPECT_EQ(process_metric("process_max_fds"), static_cast<double>(limit.rlim_cur));
  EXPECT_LE(process_metric("process_open_fds"), process_metric("process_max_fds"));
}

TEST(ProcessMetricsTest, EachThreadIsCounted) {
  // With the first one the thread sanitizer starts one of its own.
  std::thread([] {}).join();
  const double before = process_metric("process_threads");
  std::promise<void> end;
  std::promise<void> begun;
  std::thread thread([&] {
    begun.set_value();
    end.get_future().wait();
  });
  begun.get_future().wait();

  const double during = process_metric("process_threads");
  end.set_value();
  thread.join();

  EXPECT_EQ(during, before + 1);
}

TEST(ProcessMetricsTest, StartTimeIsInTheRecentPast) {
  EXPECT_THAT(process_metric("process_start_time_seconds"),
              AllOf(Gt(seconds_since_1970() - 3'600), Le(seconds_since_1970() + 1)));
}

TEST(ProcessMetricsTest, ProcessorTimeGrowsWithWork) {
  const double before = process_metric("process_cpu_seconds_total");
  double after = before;
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (after < before + 0.01 && std::chrono::steady_clock::now() < limit) {
    after = process_metric("process_cpu_seconds_total");
  }

  EXPECT_GE(after, before + 0.01);
}

// Names a program as people may: the kernel puts it between parentheses, unescaped.
class ProgramName {
 public:
  explicit ProgramName(const char* name) {
    prctl(PR_GET_NAME, own_.data());
    prctl(PR_SET_NAME, name);
  }
  ~ProgramName() { prctl(PR_SET_NAME, own_.data()); }
  ProgramName(const ProgramName&) = delete;
  ProgramName& operator=(const ProgramName&) = delete;

 private:
  std::array<char, 16> own_{};
};

TEST(ProcessMetricsTest, ProgramsNameDoesNotConfuse) {
  const ExpositionText plain = process_metrics();
  for (const char* name : {"a) R 1 2 (b c", ") ) ) 9 9 9 9", "((", "", "two\nlines", "1 2 3 4 5 6 7"}) {
    const ProgramName renamed(name);

    const ExpositionText text = process_metrics();

    for (const char* metric : {"process_threads", "process_start_time_seconds", "process_virtual_memory_bytes"}) {
      EXPECT_NEAR(text.value(metric).value(), plain.value(metric).value(), 4 << 20) << name << ": " << metric;
    }
    EXPECT_EQ(text.value("process_threads"), plain.value("process_threads")) << name;
    EXPECT_EQ(text.value("process_start_time_seconds"), plain.value("process_start_time_seconds")) << name;
  }
}

}  // namespace
}  // namespace balancer::metrics

#include "common/log/line_writer.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace balancer::log {
namespace {

class LineWriterTest : public testing::Test {
 protected:
  LineWriterTest() {
    EXPECT_EQ(pipe2(ends_, O_CLOEXEC), 0);
    writer_.emplace(ends_[1], [](const Line& line) { return std::string(line.phrase); });
  }
  ~LineWriterTest() override {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }

  void push(const std::string& phrase) {
    writer_->push(std::make_shared<const QueuedLine>(
        Line{.time = {}, .level = Level::kInfo, .program = "tester", .phrase = phrase, .fields = {}}));
  }
  void push_numbers(int count) {
    for (int i = 0; i < count; ++i) push(std::to_string(i));
  }
  [[nodiscard]] static std::string numbers(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += std::to_string(i) + "\n";
    return text;
  }
  // Waits until as much was written, or nothing more will be.
  std::string read_bytes(std::size_t count) {
    std::string text(count, '\0');
    std::size_t size = 0;
    while (size < count) {
      const ssize_t got = read(ends_[0], text.data() + size, count - size);
      if (got <= 0) break;
      size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    return text;
  }
  // Writes what waits, while somebody reads.
  std::string end() {
    auto rest = std::async(std::launch::async, [this] { return read_bytes(10'000'000); });
    writer_.reset();
    close(std::exchange(ends_[1], -1));
    return rest.get();
  }

  int ends_[2] = {-1, -1};
  std::optional<LineWriter> writer_;
};

TEST_F(LineWriterTest, WritesALineOfItsOwnAccord) {
  push("first");
  EXPECT_EQ(read_bytes(6), "first\n");

  push("second");
  EXPECT_EQ(read_bytes(7), "second\n");
}

TEST_F(LineWriterTest, KeepsTheOrderOfLines) {
  push_numbers(3'000);

  EXPECT_EQ(read_bytes(numbers(3'000).size()), numbers(3'000));
}

TEST_F(LineWriterTest, LosesNothingAtTheEnd) {
  push_numbers(8'000);

  EXPECT_EQ(end(), numbers(8'000));
}

TEST_F(LineWriterTest, DropsTheOldestOfTooManyAndCountsThem) {
  constexpr int kLines = 60'000;
  // Nobody reads.
  push_numbers(kLines);
  const std::uint64_t dropped = writer_->dropped_count();

  const std::string text = end();

  EXPECT_GT(dropped, 0u);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n') + static_cast<std::ptrdiff_t>(dropped), kLines);
  EXPECT_TRUE(text.ends_with("\n59999\n"));
}

TEST(QueuedLineTest, OutlivesWhatItWasMadeOf) {
  std::optional<QueuedLine> queued;
  {
    const std::string phrase(100, 'p');
    const std::string key(100, 'k');
    const std::string text(100, 't');
    const std::vector<Field> fields{{key, text}, {"number", 7}, {"flag", true}};
    queued.emplace(Line{.time = {}, .level = Level::kInfo, .program = "tester", .phrase = phrase, .fields = fields});
  }

  const Line& line = queued->line();
  EXPECT_EQ(line.phrase, std::string(100, 'p'));
  ASSERT_EQ(line.fields.size(), 3u);
  EXPECT_EQ(line.fields[0].key, std::string(100, 'k'));
  EXPECT_EQ(std::get<std::string_view>(line.fields[0].value), std::string(100, 't'));
  EXPECT_EQ(std::get<std::int64_t>(line.fields[1].value), 7);
  EXPECT_EQ(std::get<bool>(line.fields[2].value), true);
}

}  // namespace
}  // namespace balancer::log

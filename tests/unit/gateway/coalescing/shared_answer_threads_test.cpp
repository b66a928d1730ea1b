// Readers of one answer on several threads: what TSan is to see.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gateway/coalescing/answer_reader.hpp"

namespace balancer::gateway {
namespace {

using Kind = AnswerReader::Kind;

// Reads to the end, or leaves after so many pieces.
asio::awaitable<void> read(std::shared_ptr<SharedAnswer> answer, Kind kind, unsigned patience, std::string& text) {
  AnswerReader reader(std::move(answer), kind);
  for (unsigned pieces = 0; pieces < patience; ++pieces) {
    const AnswerReader::Event event = co_await reader.next();
    text += event.piece.bytes;
    reader.take(event.piece.bytes.size());
    if (event.state >= AnswerState::kWhole && event.piece.bytes.empty()) {
      if (kind == Kind::kFollowerOfTheWhole) text = reader.answer().whole_text().value_or("");
      co_return;
    }
  }
}

asio::awaitable<void> make(std::shared_ptr<SharedAnswer> answer, unsigned pieces) {
  answer->open_events(http::ResponseHead(200));
  for (unsigned i = 0; i < pieces; ++i) {
    answer->append("piece " + std::to_string(i) + "\n");
    co_await answer->wait_until_taken();
  }
  answer->end(AnswerState::kWhole);
}

void expect_no_exception(std::exception_ptr thrown) { EXPECT_EQ(thrown, nullptr); }

std::string expected_text(unsigned pieces) {
  std::string text;
  for (unsigned i = 0; i < pieces; ++i) text += "piece " + std::to_string(i) + "\n";
  return text;
}

TEST(SharedAnswerThreadsTest, EveryReaderThatStaysGetsAllOfIt) {
  constexpr unsigned kRounds = 50;
  constexpr unsigned kPieces = 300;
  constexpr unsigned kImpatient = 5;
  std::mt19937 random(1);
  ReplayBudget budget;
  for (unsigned round = 0; round < kRounds; ++round) {
    asio::io_context making{1};
    asio::io_context reading[2]{asio::io_context{1}, asio::io_context{1}};
    const auto answer = std::make_shared<SharedAnswer>(making.get_executor(), AskedFor{}, budget);
    std::vector<std::string> texts(12);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const Kind kind = i == 0 ? Kind::kLeader : i % 2 == 0 ? Kind::kFollower : Kind::kFollowerOfTheWhole;
      // Some leave in the middle, the leader in every other round.
      const bool stays = i == 0 ? round % 2 == 0 : i % 3 != 0;
      const unsigned patience = stays ? ~0u : static_cast<unsigned>(random() % kImpatient);
      asio::co_spawn(reading[i % 2], read(answer, kind, patience, texts[i]), expect_no_exception);
    }
    asio::co_spawn(making, make(answer, kPieces), expect_no_exception);
    std::thread maker([&] { making.run(); });
    std::thread other([&] { reading[0].run(); });
    reading[1].run();
    other.join();
    maker.join();

    for (std::size_t i = 1; i < texts.size(); ++i) {
      if (i % 3 == 0) continue;
      EXPECT_EQ(texts[i], expected_text(kPieces)) << "reader " << i << " of round " << round;
    }
    EXPECT_EQ(answer->reader_count(), 0u);
  }
  EXPECT_EQ(budget.used(), 0u);
}

}  // namespace
}  // namespace balancer::gateway

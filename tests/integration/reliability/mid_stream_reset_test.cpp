// A provider that dies anywhere in its stream: the client gets a true beginning and an error, or another provider's
// whole answer, and never something that only looks like an answer.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/fakes/openai_answers.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HttpResponse;

constexpr std::size_t kRuns = 500;
constexpr std::size_t kLongest = 50;
// message_start and the beginning of a block: before that, nothing has reached the client.
constexpr std::size_t kEventsToCommit = 2;
// Failures are many here and must not change the order of the providers.
constexpr const char* kNeverCooling = "unhealthy_threshold: 1000";

std::vector<std::string> fifty_words() {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < kLongest; ++i) words.push_back("word" + std::to_string(i) + " ");
  return words;
}

std::string joined(const std::vector<std::string>& texts, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += texts[i];
  return text;
}

class MidStreamResetTest : public testing::Test {
 protected:
  // A number of events, the same in every run of the test.
  std::size_t any_length() { return std::uniform_int_distribution<std::size_t>(0, kLongest)(random_); }

  void expect_beginning_and_error(const HttpResponse& response, std::size_t events) const {
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.complete);
    EXPECT_TRUE(response.body.starts_with(joined(events_, events)));
    const std::vector<std::string> names = response.event_names();
    ASSERT_EQ(names.size(), events + 1);
    EXPECT_EQ(names.back(), "error");
    EXPECT_EQ(response.streamed_text(), joined(words_, events - kEventsToCommit));
  }

  const std::vector<std::string> words_ = fifty_words();
  const std::vector<std::string> events_ = fakes::message_events(words_);
  std::mt19937 random_{1};
  fakes::FakeProvider first_;
};

TEST_F(MidStreamResetTest, WithAnotherProviderNoContentIsEverDoubled) {
  fakes::FakeProvider second;
  second.always(answers("from the second"));
  Standalone balancer(config_for({{"first", first_.base_url()}, {"second", second.base_url()}}, kNeverCooling));
  std::size_t uncommitted = 0;

  for (std::size_t run = 0; run < kRuns / 2; ++run) {
    const std::size_t events = any_length();
    SCOPED_TRACE("run " + std::to_string(run) + ", reset after " + std::to_string(events) + " events");
    first_.enqueue(fakes::reset_after_events(events, fakes::sse_stream(words_)));

    const HttpResponse response = ask(balancer.client(), AnswerForm::kStream);

    if (events < kEventsToCommit) {
      ++uncommitted;
      EXPECT_EQ(response.body, answer(AnswerForm::kStream, "from the second").body());
    } else {
      expect_beginning_and_error(response, events);
    }
  }

  // Whoever bills for what the client got, bills once.
  EXPECT_EQ(first_.request_count(), kRuns / 2);
  EXPECT_EQ(second.request_count(), uncommitted);
}

TEST_F(MidStreamResetTest, WithoutAnotherProviderNothingEverLooksWhole) {
  Standalone balancer(config_for({{"only", first_.base_url()}}, kNeverCooling));

  for (std::size_t run = 0; run < kRuns / 2; ++run) {
    const std::size_t events = any_length();
    SCOPED_TRACE("run " + std::to_string(run) + ", reset after " + std::to_string(events) + " events");
    first_.enqueue(fakes::reset_after_events(events, fakes::sse_stream(words_)));

    const HttpResponse response = ask(balancer.client(), AnswerForm::kStream);

    if (events < kEventsToCommit) {
      EXPECT_EQ(response.status, 502);
      EXPECT_EQ(response.error_type(), "api_error");
    } else {
      expect_beginning_and_error(response, events);
    }
  }

  EXPECT_EQ(first_.request_count(), kRuns / 2);
}

// The same of a provider whose stream is converted: what the client gets is made of it, and must not look whole either.
class ConvertedMidStreamResetTest : public MidStreamResetTest {
 protected:
  // The role says nothing yet; the first words commit.
  static constexpr std::size_t kChunksToCommit = 2;

  [[nodiscard]] std::string converted_first(std::string config) const {
    constexpr std::string_view kType = "type: anthropic";
    return config.replace(config.find(kType), kType.size(), "type: openai");
  }
  void expect_beginning_and_error_of(const HttpResponse& response, std::size_t chunks) const {
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.complete);
    EXPECT_EQ(response.streamed_text(), joined(words_, chunks - 1));
    const std::vector<std::string> names = response.event_names();
    EXPECT_EQ(std::count(names.begin(), names.end(), "message_start"), 1);
    EXPECT_EQ(std::count(names.begin(), names.end(), "message_stop"), 0);
    ASSERT_FALSE(names.empty());
    EXPECT_EQ(names.back(), "error");
  }
  void break_after(std::size_t chunks) { first_.enqueue(fakes::reset_after_events(chunks, fakes::chat_stream(words_))); }
};

TEST_F(ConvertedMidStreamResetTest, WithAnotherProviderNoContentIsEverDoubled) {
  fakes::FakeProvider second;
  second.always(answers("from the second"));
  Standalone balancer(
      converted_first(config_for({{"first", first_.base_url()}, {"second", second.base_url()}}, kNeverCooling)));
  std::size_t uncommitted = 0;

  for (std::size_t run = 0; run < kRuns / 4; ++run) {
    const std::size_t chunks = any_length();
    SCOPED_TRACE("run " + std::to_string(run) + ", reset after " + std::to_string(chunks) + " chunks");
    break_after(chunks);

    const HttpResponse response = ask(balancer.client(), AnswerForm::kStream);

    if (chunks < kChunksToCommit) {
      ++uncommitted;
      EXPECT_EQ(response.body, answer(AnswerForm::kStream, "from the second").body());
    } else {
      expect_beginning_and_error_of(response, chunks);
    }
  }

  EXPECT_EQ(first_.request_count(), kRuns / 4);
  EXPECT_EQ(second.request_count(), uncommitted);
}

TEST_F(ConvertedMidStreamResetTest, WithoutAnotherProviderNothingEverLooksWhole) {
  Standalone balancer(converted_first(config_for({{"only", first_.base_url()}}, kNeverCooling)));

  for (std::size_t run = 0; run < kRuns / 4; ++run) {
    const std::size_t chunks = any_length();
    SCOPED_TRACE("run " + std::to_string(run) + ", reset after " + std::to_string(chunks) + " chunks");
    break_after(chunks);

    const HttpResponse response = ask(balancer.client(), AnswerForm::kStream);

    if (chunks < kChunksToCommit) {
      EXPECT_EQ(response.status, 502);
      EXPECT_EQ(response.error_type(), "api_error");
    } else {
      expect_beginning_and_error_of(response, chunks);
    }
  }

  EXPECT_EQ(first_.request_count(), kRuns / 4);
}

}  // namespace
}  // namespace balancer::integration

#include "gateway/dialect/openai_error/learned_settings.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;

constexpr LearnedSettings::TimePoint kNow{100h};

ConversionSettings without_stop() {
  ConversionSettings settings;
  settings.max_stop = 0;
  return settings;
}

LearnedLesson lesson(std::string provider, std::string upstream_model, ConversionSettings settings = without_stop()) {
  return {.epoch = "epoch",
          .version = 1,
          .provider = std::move(provider),
          .upstream_model = std::move(upstream_model),
          .settings = std::move(settings)};
}

class LearnedSettingsTest : public testing::Test {
 protected:
  LearnedSettingsTest() { learned.use_snapshot("epoch", 1); }

  LearnedSettings learned;
};

TEST_F(LearnedSettingsTest, SettingsAreRememberedForTheirProviderAndModelOnly) {
  learned.remember(lesson("openai", "gpt-5"), kNow);

  const ConversionSettings* const found = learned.find("openai", "gpt-5", kNow);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(*found, without_stop());
  EXPECT_EQ(learned.find("openai", "gpt-4", kNow), nullptr);
  EXPECT_EQ(learned.find("azure", "gpt-5", kNow), nullptr);
  EXPECT_EQ(learned.find("openaigpt-5", "", kNow), nullptr);
}

TEST_F(LearnedSettingsTest, SettingsAreForgottenAfterAnHour) {
  learned.remember(lesson("openai", "gpt-5"), kNow);

  EXPECT_NE(learned.find("openai", "gpt-5", kNow + 1h - 1ns), nullptr);
  EXPECT_EQ(learned.find("openai", "gpt-5", kNow + 1h), nullptr);
}

TEST_F(LearnedSettingsTest, LaterSettingsReplaceFormerOnesAndLastAnHourAnew) {
  learned.remember(lesson("openai", "gpt-5", ConversionSettings{}), kNow);

  learned.remember(lesson("openai", "gpt-5"), kNow + 30min);

  const ConversionSettings* const found = learned.find("openai", "gpt-5", kNow + 80min);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->max_stop, 0U);
}

TEST_F(LearnedSettingsTest, SameConfigurationForgetsNothing) {
  learned.remember(lesson("openai", "gpt-5"), kNow);

  learned.use_snapshot("epoch", 1);

  EXPECT_NE(learned.find("openai", "gpt-5", kNow), nullptr);
}

TEST_F(LearnedSettingsTest, AnotherConfigurationForgetsEverything) {
  for (const auto& [epoch, version] : {std::pair("epoch", 2), std::pair("another epoch", 1)}) {
    learned.use_snapshot("epoch", 1);
    learned.remember(lesson("openai", "gpt-5"), kNow);

    learned.use_snapshot(epoch, version);

    EXPECT_EQ(learned.find("openai", "gpt-5", kNow), nullptr) << epoch;
  }
}

TEST_F(LearnedSettingsTest, LessonFromAnotherConfigurationIsIgnored) {
  LearnedLesson late = lesson("openai", "gpt-5");
  late.version = 0;

  learned.remember(late, kNow);

  EXPECT_EQ(learned.find("openai", "gpt-5", kNow), nullptr);
}

TEST_F(LearnedSettingsTest, OldestEntryMakesRoomForANewOne) {
  const auto model = [](std::size_t i) { return "model-" + std::to_string(i); };
  for (std::size_t i = 0; i < LearnedSettings::kMaxEntries; ++i) {
    learned.remember(lesson("openai", model(i)), kNow + std::chrono::milliseconds(i));
  }
  // No longer the oldest.
  learned.remember(lesson("openai", model(0)), kNow + 10s);

  learned.remember(lesson("openai", "one too many"), kNow + 10s);

  EXPECT_NE(learned.find("openai", "one too many", kNow + 10s), nullptr);
  EXPECT_NE(learned.find("openai", model(0), kNow + 10s), nullptr);
  EXPECT_EQ(learned.find("openai", model(1), kNow + 10s), nullptr);
  EXPECT_NE(learned.find("openai", model(2), kNow + 10s), nullptr);
}

}  // namespace
}  // namespace balancer::gateway

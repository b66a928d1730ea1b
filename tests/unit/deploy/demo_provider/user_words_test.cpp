#include "deploy/demo_provider/user_words.hpp"

#include <gtest/gtest.h>

namespace balancer::demo {
namespace {

TEST(UserWordsTest, LeavesOutTheClientsNotes) {
  EXPECT_EQ(words_of_user("<system-reminder>a tool\n</system-reminder>\n\nHello <system-reminder></system-reminder>"),
            "Hello");
  EXPECT_EQ(words_of_user("<system-reminder>nothing else</system-reminder>"), "");
}

TEST(UserWordsTest, KeepsWhatIsNoWholeNote) {
  EXPECT_EQ(words_of_user("a </system-reminder> b <system-reminder> c"), "a </system-reminder> b <system-reminder> c");
  EXPECT_EQ(words_of_user(" \n"), "");
}

}  // namespace
}  // namespace balancer::demo

#include "controlplane/cli/client/model_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace balancer::controlplane::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ModelChoiceTest, ReadsIdsAndNothingElse) {
  EXPECT_THAT(listed_models(R"({"data":[{"id":"a"},{"id":1},{},7,{"id":"b"}]})"), ElementsAre("a", "b"));
  for (const char* const text : {"", "[]", "<html>", "{}", R"({"data":{}})", R"({"data":null})"}) {
    EXPECT_THAT(listed_models(text), IsEmpty()) << text;
  }
}

TEST(ModelChoiceTest, SendsAWishAsClaudeCodeDoes) {
  EXPECT_EQ(choose_model("gpt-x", {"claude-a"}), "gpt-x");
  EXPECT_EQ(choose_model("claude-sonnet-9[1m]", {}), "claude-sonnet-9");
}

TEST(ModelChoiceTest, ResolvesAliasesByTheList) {
  EXPECT_EQ(choose_model("sonnet", {"claude-opus-1", "claude-sonnet-1"}), "claude-sonnet-1");
  EXPECT_EQ(choose_model("opusplan", {"claude-opus-1"}), "claude-opus-1");
  EXPECT_EQ(choose_model("default", {"claude-opus-1"}), "claude-opus-1");
  EXPECT_EQ(choose_model("sonnet", {"claude-opus-1"}), "");
}

TEST(ModelChoiceTest, WithoutAWishTakesASmallModelThatClaudeCodeOffers) {
  EXPECT_EQ(choose_model("", {"gpt-x", "claude-opus-1", "claude-haiku-1"}), "claude-haiku-1");
  EXPECT_EQ(choose_model("", {"gpt-x", "my-Anthropic-1"}), "my-Anthropic-1");
  EXPECT_EQ(choose_model("", {"gpt-x"}), "gpt-x");
  EXPECT_EQ(choose_model("", {}), "");
}

}  // namespace
}  // namespace balancer::controlplane::cli

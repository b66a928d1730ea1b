#include "gateway/metrics/metric_labels.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace balancer::gateway {
namespace {

class ModelLabelTest : public testing::Test {
 protected:
  ModelLabelTest() {
    snapshot_.routing.providers = {{.name = "a"}, {.name = "b"}};
    snapshot_.routing.routes = {
        {.pattern = "claude-sonnet-4-5", .targets = {{.provider = 0, .upstream_model = ""}}, .strategy = {}},
        {.pattern = "claude-*",
         .targets = {{.provider = 0, .upstream_model = "gpt-5"}, {.provider = 1, .upstream_model = "o4"}},
         .strategy = {}}};
  }

  Snapshot snapshot_;
};

TEST_F(ModelLabelTest, NamesThatTheConfigurationWritesDownAreThemselves) {
  EXPECT_EQ(model_label("claude-sonnet-4-5", "claude-sonnet-4-5", snapshot_), "claude-sonnet-4-5");
  EXPECT_EQ(model_label("gpt-5", "claude-*", snapshot_), "gpt-5");
  EXPECT_EQ(model_label("o4", "claude-*", snapshot_), "o4");
}

TEST_F(ModelLabelTest, NamesThatARouteTookArePatternsOfTheRoute) {
  EXPECT_EQ(model_label("claude-junk", "claude-*", snapshot_), "claude-*");
}

TEST_F(ModelLabelTest, NamesThatNoRouteTookAreOther) {
  EXPECT_EQ(model_label("junk", "", snapshot_), "other");
  EXPECT_EQ(model_label("junk", "", Snapshot()), "other");
}

TEST_F(ModelLabelTest, NamesAreComparedWholeAndToTheLetter) {
  for (const char* model : {"GPT-5", "gpt-5 ", "gpt", "claude-sonnet-4-5-x", "o4\n"}) {
    EXPECT_EQ(model_label(model, "", snapshot_), "other") << model;
  }
}

TEST_F(ModelLabelTest, LabelsAreAClosedSetWhateverClientsSend) {
  std::set<std::string> labels;
  for (int i = 0; i < 10'000; ++i) {
    labels.insert(std::string(model_label("junk" + std::to_string(i), i % 2 == 0 ? "claude-*" : "", snapshot_)));
  }

  EXPECT_EQ(labels, (std::set<std::string>{"claude-*", "other"}));
}

TEST_F(ModelLabelTest, LabelsDoNotDependOnTheNamesThatWereAskedFor) {
  std::string asked = "gpt-5";
  const std::string_view label = model_label(asked, "", snapshot_);

  asked = "xxxxx";

  EXPECT_EQ(label, "gpt-5");
}

}  // namespace
}  // namespace balancer::gateway

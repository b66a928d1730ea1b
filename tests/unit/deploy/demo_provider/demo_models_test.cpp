#include "deploy/demo_provider/demo_models.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace balancer::demo {
namespace {

TEST(DemoModelsTest, TheListIsOneForBothDialects) {
  const nlohmann::json list = nlohmann::json::parse(demo_models());

  EXPECT_EQ(list["object"], "list");
  EXPECT_EQ(list["has_more"], false);
  ASSERT_EQ(list["data"].size(), 1u);
  EXPECT_EQ(list["data"][0]["id"], list["first_id"]);
  EXPECT_EQ(list["data"][0]["type"], "model");
  EXPECT_EQ(list["data"][0]["object"], "model");
}

}  // namespace
}  // namespace balancer::demo

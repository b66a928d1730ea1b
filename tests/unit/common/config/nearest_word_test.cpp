#include "common/config/nearest_word.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace balancer {
namespace {

const std::vector<std::string> kWords{"base_url", "auth_type", "auth_value", "port", "host"};

TEST(NearestWordTest, FindsTheWordThatWasMeant) {
  EXPECT_EQ(nearest_word("base_ulr", kWords), "base_url");
  EXPECT_EQ(nearest_word("auth_vlaue", kWords), "auth_value");
  EXPECT_EQ(nearest_word("prot", kWords), "port");
  EXPECT_EQ(nearest_word("authtype", kWords), "auth_type");
}

TEST(NearestWordTest, FindsNothingForAnUnrelatedWord) {
  EXPECT_EQ(nearest_word("flux_capacitor", kWords), "");
  EXPECT_EQ(nearest_word("", kWords), "");
  EXPECT_EQ(nearest_word("port", {}), "");
}

}  // namespace
}  // namespace balancer

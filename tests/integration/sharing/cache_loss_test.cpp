// The cache lives and dies with the control plane, and no request with it.
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "tests/integration/sharing/cached_stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HttpResponse;

class CacheLossTest : public CacheTest {
 protected:
  SplitStack stack_{config(), gateways(2)};
};

TEST_F(CacheLossTest, WithoutAControlPlaneProvidersAreAsked) {
  ASSERT_EQ(text_of(ask(stack_.client(0))), "1");
  ASSERT_TRUE(is_stored(stack_.client(1)));

  stack_.kill_control_plane();

  for (std::size_t i = 0; i < 6; ++i) {
    const HttpResponse response =
        ask(stack_.client(i % 2), "hello", i % 3 == 0 ? AnswerForm::kStream : AnswerForm::kDocument);
    EXPECT_EQ(text_of(response), std::to_string(2 + i)) << response.raw;
    EXPECT_EQ(cache_of(response), "miss");
  }
}

TEST_F(CacheLossTest, AFrozenControlPlaneFailsNoRequest) {
  ASSERT_EQ(text_of(ask(stack_.client(0))), "1");
  ASSERT_TRUE(is_stored(stack_.client(1)));

  stack_.control_plane().signal(SIGSTOP);

  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(text_of(ask(stack_.client(i % 2))), std::to_string(2 + i));
  stack_.control_plane().signal(SIGCONT);
  EXPECT_TRUE(is_stored(stack_.client(0)));
}

TEST_F(CacheLossTest, ANewControlPlaneBeginsWithAnEmptyCache) {
  ASSERT_EQ(text_of(ask(stack_.client(0))), "1");
  ASSERT_TRUE(is_stored(stack_.client(1)));
  stack_.kill_control_plane();

  stack_.start_control_plane();

  for (std::size_t gateway = 0; gateway < 2; ++gateway) {
    EXPECT_TRUE(is_stored(stack_.client(gateway), "of gateway " + std::to_string(gateway)));
  }
  EXPECT_NE(text_of(ask(stack_.client(0))), "1");
}

}  // namespace
}  // namespace balancer::integration

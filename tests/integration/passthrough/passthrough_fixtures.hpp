// Fixtures: a standalone in front of one provider, or of two.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_provider.hpp"
#include "tests/integration/passthrough/anthropic_config.hpp"
#include "tests/integration/passthrough/expectations.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {

class OneProviderTest : public testing::Test {
 protected:
  explicit OneProviderTest(std::string_view settings = "")
      : gateway_(ConfigText{{entry("first", provider_)}, std::string(settings), ""}.yaml()) {
    provider_.always(fakes::json_message("ok"));
  }

  fakes::FakeProvider provider_;
  Standalone gateway_;
  fakes::HttpClient client_ = gateway_.client();
};

class TwoProvidersTest : public testing::Test {
 protected:
  // The first provider's failures may be many: it is always asked first.
  TwoProvidersTest()
      : gateway_(ConfigText{{entry("first", first_), entry("second", second_)}, "unhealthy_threshold: 1000", ""}.yaml()) {}

  fakes::FakeProvider first_;
  fakes::FakeProvider second_;
  Standalone gateway_;
  fakes::HttpClient client_ = gateway_.client();
};

}  // namespace balancer::integration

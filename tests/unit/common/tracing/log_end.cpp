// The log ends before the program does, as in the product.
#include <gtest/gtest.h>

#include "common/log/log.hpp"

namespace balancer::tracing {
namespace {

class LogEnd : public testing::Environment {
 public:
  void TearDown() override { log::flush(); }
};

[[maybe_unused]] const testing::Environment* const kLogEnd = testing::AddGlobalTestEnvironment(new LogEnd);

}  // namespace
}  // namespace balancer::tracing

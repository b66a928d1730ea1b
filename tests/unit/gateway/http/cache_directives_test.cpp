#include "gateway/http/cache_directives.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace balancer::gateway {
namespace {

CacheDirectives directives(std::vector<std::string_view> lines) {
  std::vector<http::HeaderField> fields{{"content-type", "no-store"}};
  for (const std::string_view line : lines) fields.push_back({"Cache-Control", line});
  return read_cache_directives(fields);
}

TEST(CacheDirectivesTest, ReadsEveryLineAndEveryItemLetterCaseAside) {
  EXPECT_TRUE(directives({"max-age=60, No-Cache"}).no_cache);
  EXPECT_TRUE(directives({"max-age=60", "no-store"}).no_store);
  EXPECT_TRUE(directives({"no-store,no-cache"}).no_cache);
  EXPECT_TRUE(directives({"max-age=0"}).no_cache);
}

TEST(CacheDirectivesTest, AnythingElseSaysNothing) {
  for (const std::string_view line : {"", ",", "max-age=1", "no-storefront", "private", "no-cache=x"}) {
    EXPECT_FALSE(directives({line}).no_cache) << line;
    EXPECT_FALSE(directives({line}).no_store) << line;
  }
  EXPECT_FALSE(directives({}).no_store);
}

}  // namespace
}  // namespace balancer::gateway

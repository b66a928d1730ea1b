// What a client says about stored answers is obeyed (RFC 9111 section 5.2.1).
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/sharing/cached_stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HeaderFields;
using fakes::HttpResponse;

class CacheDirectivesTest : public CacheTest {
 protected:
  Standalone balancer_{config()};
  fakes::HttpClient client_ = balancer_.client();
};

TEST_F(CacheDirectivesTest, NoCacheAsksAProviderAndKeepsItsAnswer) {
  ASSERT_EQ(text_of(ask(client_)), "1");
  ASSERT_TRUE(is_stored(client_));

  const HttpResponse fresh = ask(client_, "hello", AnswerForm::kDocument, {{"cache-control", "no-cache"}});

  EXPECT_EQ(text_of(fresh), "2");
  EXPECT_EQ(cache_of(fresh), "miss");
  EXPECT_TRUE(eventually([&] {
    const HttpResponse response = ask(client_);
    return cache_of(response) == "hit" && text_of(response) == "2";
  }));
  EXPECT_EQ(provider_.request_count(), 2U);
}

TEST_F(CacheDirectivesTest, NoStoreNeitherLooksNorKeeps) {
  const HeaderFields no_store{{"Cache-Control", "max-age=0, No-Store"}};
  ASSERT_EQ(cache_of(ask(client_, "secret", AnswerForm::kDocument, no_store)), "bypass");
  let_the_cache_catch_up(client_);

  EXPECT_EQ(cache_of(ask(client_, "secret")), "miss");
  ASSERT_TRUE(is_stored(client_, "secret"));
  EXPECT_EQ(cache_of(ask(client_, "secret", AnswerForm::kDocument, no_store)), "bypass");
  EXPECT_EQ(provider_.request_count(), 4U);
}

TEST_F(CacheDirectivesTest, NoStoreIsJoinedByNobody) {
  const auto held = std::make_shared<fakes::Latch>();
  provider_.enqueue(fakes::json_message("alone").after(held));
  Askers alone;
  alone.ask(client_, question(AnswerForm::kDocument), {{"cache-control", "no-store"}});
  ASSERT_TRUE(provider_.wait_for_requests(1));

  EXPECT_EQ(text_of(ask(client_)), "1");

  held->release();
  EXPECT_EQ(text_of(alone.answers().front()), "alone");
}

TEST_F(CacheDirectivesTest, UnknownOnesChangeNothing) {
  ASSERT_EQ(text_of(ask(client_)), "1");
  ASSERT_TRUE(is_stored(client_));

  const HeaderFields unknown{{"cache-control", "no-transform, max-stale=5"}};
  EXPECT_EQ(cache_of(ask(client_, "hello", AnswerForm::kDocument, unknown)), "hit");
}

// Nobody on the way may keep what was one caller's.
TEST_F(CacheDirectivesTest, CachesOnTheWayAreToldToKeepNothing) {
  ASSERT_EQ(text_of(ask(client_)), "1");
  ASSERT_TRUE(is_stored(client_));

  for (const AnswerForm form : {AnswerForm::kDocument, AnswerForm::kStream}) {
    const HttpResponse hit = ask(client_, "hello", form);
    EXPECT_EQ(hit.headers.values("cache-control"), std::vector<std::string>{"private, no-store"});
  }
}

}  // namespace
}  // namespace balancer::integration

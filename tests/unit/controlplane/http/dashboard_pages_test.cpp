// The live page's files, and its data when it is asked for once.
#include "tests/unit/controlplane/http/served_site.hpp"

namespace balancer::controlplane {
namespace {

class DashboardPagesTest : public ServedSite {
 protected:
  static void expect_guarded(const fakes::HttpResponse& response) {
    EXPECT_EQ(response.headers.value("content-security-policy"), std::string(kPolicy));
    EXPECT_EQ(response.headers.value("x-content-type-options"), "nosniff");
    EXPECT_EQ(response.headers.value("cache-control"), "no-store");
    EXPECT_EQ(response.headers.value("referrer-policy"), "no-referrer");
  }
};

TEST_F(DashboardPagesTest, AreServedWithTheirTypesAndUnderThePolicy) {
  const fakes::HttpResponse page = get("/dashboard/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.value("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.body, "<!doctype html>page");
  expect_guarded(page);

  const fakes::HttpResponse script = get("/dashboard/app.js?v=1");

  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.headers.value("content-type"), "text/javascript");
  EXPECT_EQ(script.body, "script");
  expect_guarded(script);
}

TEST_F(DashboardPagesTest, AreNamedRelativeToTheirFolder) {
  for (const char* const target : {"/dashboard", "/dashboard?theme=dark"}) {
    const fakes::HttpResponse redirect = get(target);

    EXPECT_EQ(redirect.status, 307) << target;
    EXPECT_EQ(redirect.headers.value("location"), "dashboard/") << target;
  }
}

TEST_F(DashboardPagesTest, AreAllThatThereIs) {
  for (const char* const target : {"/dashboard/app.css", "/dashboard/../metrics2", "/dashboard/x/app.js",
                                   "/dashboard//app.js", "/dashboard/index.html"}) {
    EXPECT_EQ(get(target).status, 404) << target;
  }
}

TEST_F(DashboardPagesTest, CannotBeWrittenTo) {
  for (const char* const target : {"/dashboard/", "/dashboard/app.js", "/dashboard/state", "/dashboard/events"}) {
    EXPECT_EQ(client().post(target, "{}").status, 405) << target;
  }
}

TEST_F(DashboardPagesTest, ShowTheStateAsItIsNow) {
  const fakes::HttpResponse before = get("/dashboard/state");
  EXPECT_EQ(before.status, 200);
  EXPECT_EQ(before.headers.value("content-type"), "application/json");
  EXPECT_EQ(before.json()["revision"], 1);
  expect_guarded(before);

  change();

  EXPECT_EQ(get("/dashboard/state").json()["revision"], 2) << "at once";
}

}  // namespace
}  // namespace balancer::controlplane

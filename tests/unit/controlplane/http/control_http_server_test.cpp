#include "controlplane/http/control_http_server.hpp"

#include "tests/unit/controlplane/http/served_site.hpp"

namespace balancer::controlplane {
namespace {

using testing::HasSubstr;

class ControlHttpServerTest : public ServedSite {};

TEST_F(ControlHttpServerTest, SaysWhetherItLivesAndIsReady) {
  EXPECT_EQ(get("/livez").status, 200);
  EXPECT_EQ(get("/readyz").status, 503) << "until it is told otherwise";

  server_->set_readiness(Readiness::kReady);
  EXPECT_EQ(get("/readyz").status, 200);
  server_->set_readiness(Readiness::kNotReady);

  EXPECT_EQ(get("/readyz").status, 503);
  EXPECT_EQ(get("/livez").status, 200);
}

TEST_F(ControlHttpServerTest, ServesMetricsInTheFormOfPrometheus) {
  const fakes::HttpResponse metrics = get("/metrics");

  EXPECT_EQ(metrics.status, 200);
  EXPECT_EQ(metrics.headers.value("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(metrics.headers.value("cache-control"), "no-store");
  EXPECT_EQ(metrics.body, "up 1\n");
}

TEST_F(ControlHttpServerTest, NamesItselfToProgramsAndShowsBrowsersThePage) {
  const fakes::HttpResponse to_program = get("/", {{"Accept", "*/*"}});
  EXPECT_EQ(to_program.status, 200);
  EXPECT_EQ(to_program.json()["service"], "balancer-controlplane");

  const fakes::HttpResponse to_browser = get("/", {{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}});

  EXPECT_EQ(to_browser.status, 307);
  EXPECT_EQ(to_browser.headers.value("location"), "dashboard/") << "relative: it may be served under a prefix";
}

TEST_F(ControlHttpServerTest, AnswersHeadLikeGetWithoutTheBody) {
  for (const char* const target : {"/", "/livez", "/metrics", "/dashboard/", "/dashboard/app.js"}) {
    const fakes::HttpResponse head = client().request("HEAD", target);

    EXPECT_EQ(head.status, 200) << target;
    EXPECT_EQ(head.body, "") << target;
    EXPECT_EQ(head.headers.value("content-length"), get(target).headers.value("content-length")) << target;
  }
}

TEST_F(ControlHttpServerTest, KnowsNoOtherPaths) {
  for (const char* const target : {"/metric", "/dashboards", "/v1/messages", "/livez/x"}) {
    EXPECT_EQ(get(target).status, 404) << target;
  }
}

TEST_F(ControlHttpServerTest, ChangesNothingForAnybody) {
  for (const char* const target : {"/", "/livez", "/readyz", "/metrics"}) {
    const fakes::HttpResponse refused = client().post(target, "{}");

    EXPECT_EQ(refused.status, 405) << target;
    EXPECT_EQ(refused.headers.value("allow"), "GET, HEAD") << target;
  }
}

TEST_F(ControlHttpServerTest, IsOutOfReachOfForeignPages) {
  for (const char* const target :
       {"/", "/metrics", "/dashboard/", "/dashboard/state", "/dashboard/events", "/dashboard/app.js"}) {
    EXPECT_EQ(get(target, {{"Host", "evil.example"}}).status, 403) << target;
    EXPECT_EQ(get(target, {{"Origin", "https://evil.example"}}).status, 403) << target;
  }
}

TEST_F(ControlHttpServerTest, AnswersToTheNamesThatItsConfigurationAllows) {
  EXPECT_EQ(get("/dashboard/", {{"Host", "balancer.example"}}).status, 200);
  EXPECT_EQ(get("/dashboard/", {{"Host", "localhost:" + std::to_string(port())}}).status, 200);
}

TEST(ControlHttpServerStartTest, SaysWhichAddressItCannotListenOn) {
  const auto server = ControlHttpServer::start({"192.0.2.1", 0}, {});

  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, HasSubstr("192.0.2.1"));
}

}  // namespace
}  // namespace balancer::controlplane

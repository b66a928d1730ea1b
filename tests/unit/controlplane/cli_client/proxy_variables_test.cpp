#include "controlplane/cli/client/proxy_variables.hpp"

#include <gtest/gtest.h>

#include "tests/unit/controlplane/cli_client/given_environment.hpp"

namespace balancer::controlplane::cli {
namespace {

BaseUrl server(const std::string& text) { return read_base_url(text).url.value(); }

TEST(ProxyVariablesTest, ExceptServersByHostPortAndDomain) {
  const BaseUrl loopback = server("http://127.0.0.1:9090");
  const BaseUrl named = server("https://gateway.corp");

  EXPECT_TRUE(excepts_from_proxy("*", loopback));
  EXPECT_TRUE(excepts_from_proxy("a, 127.0.0.1", loopback));
  EXPECT_TRUE(excepts_from_proxy("127.0.0.1:9090", loopback));
  EXPECT_TRUE(excepts_from_proxy(".corp", named));
  EXPECT_TRUE(excepts_from_proxy("GATEWAY.corp:443", named));
  EXPECT_FALSE(excepts_from_proxy("", loopback));
  EXPECT_FALSE(excepts_from_proxy("localhost", loopback));
  EXPECT_FALSE(excepts_from_proxy("127.0.0.1:80", loopback));
  EXPECT_FALSE(excepts_from_proxy("127.0.0.0/8", loopback));
  EXPECT_FALSE(excepts_from_proxy("corp", named));
}

TEST(ProxyVariablesTest, TheExceptionForAServerExceptsIt) {
  for (const char* const text : {"http://127.0.0.1:9090", "http://[::1]:9090", "https://[::1]", "https://h.example"}) {
    EXPECT_TRUE(excepts_from_proxy(exception_for(server(text)), server(text))) << text;
  }
}

TEST(ProxyVariablesTest, AnyProxyCapturesWhatIsNotExcepted) {
  const BaseUrl url = server("http://127.0.0.1:9090");

  EXPECT_EQ(capturing_proxy_variable(given({}), url), std::nullopt);
  EXPECT_EQ(capturing_proxy_variable(given({{"HTTP_PROXY", ""}}), url), std::nullopt);
  EXPECT_EQ(capturing_proxy_variable(given({{"HTTP_PROXY", "http://p:1"}}), url), "HTTP_PROXY");
  EXPECT_EQ(capturing_proxy_variable(given({{"https_proxy", "http://p:1"}}), url), "https_proxy");
  EXPECT_EQ(capturing_proxy_variable(given({{"HTTP_PROXY", "http://p:1"}, {"NO_PROXY", "127.0.0.1"}}), url),
            std::nullopt);
  EXPECT_EQ(capturing_proxy_variable(
                given({{"HTTP_PROXY", "http://p:1"}, {"NO_PROXY", "127.0.0.1"}, {"no_proxy", ".corp"}}), url),
            "HTTP_PROXY");
}

}  // namespace
}  // namespace balancer::controlplane::cli

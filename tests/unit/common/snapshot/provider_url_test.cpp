#include "common/snapshot/provider_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace balancer {
namespace {

using testing::HasSubstr;
using testing::Not;

ProviderUrl url_of(std::string_view text) { return parse_provider_url(text).value(); }

std::string refusal(std::string_view text) {
  const auto url = parse_provider_url(text);
  return url ? "(accepted)" : url.error().message;
}

std::string proxy_refusal(std::string_view text) {
  const auto proxy = parse_proxy_url(text);
  return proxy ? "(accepted)" : proxy.error().message;
}

TEST(ProviderUrlTest, SchemeDecidesTlsAndTheDefaultPort) {
  EXPECT_EQ(url_of("https://api.anthropic.com"), (ProviderUrl{true, "api.anthropic.com", 443, ""}));
  EXPECT_EQ(url_of("http://localhost"), (ProviderUrl{false, "localhost", 80, ""}));
  EXPECT_EQ(url_of("HTTPS://API.Example.COM"), (ProviderUrl{true, "api.example.com", 443, ""}));
}

TEST(ProviderUrlTest, KeepsTheGivenPort) {
  EXPECT_EQ(url_of("http://127.0.0.1:8080").port, 8080);
  EXPECT_EQ(url_of("https://h:1").port, 1);
  EXPECT_EQ(url_of("https://h:65535").port, 65535);
}

TEST(ProviderUrlTest, EmptyPortMeansTheDefault) {
  EXPECT_EQ(url_of("https://h:").port, 443);
  EXPECT_EQ(url_of("http://h:/api").port, 80);
}

TEST(ProviderUrlTest, RefusesPortsThatDoNotExist) {
  for (const char* text : {"https://h:0", "https://h:65536", "https://h:99999", "https://h:4294967739"}) {
    EXPECT_THAT(refusal(text), HasSubstr("port")) << text;
  }
  EXPECT_THAT(refusal("https://h:80x"), HasSubstr("not a URL"));
  EXPECT_THAT(refusal("https://h:-1"), HasSubstr("not a URL"));
}

TEST(ProviderUrlTest, PathPrefixLosesItsTrailingSlash) {
  EXPECT_EQ(url_of("https://h/").path_prefix, "");
  EXPECT_EQ(url_of("https://h/api").path_prefix, "/api");
  EXPECT_EQ(url_of("https://h/api/v1/").path_prefix, "/api/v1");
  EXPECT_EQ(url_of("https://h/a%20b").path_prefix, "/a%20b");
}

TEST(ProviderUrlTest, HoldsIpv6HostsWithoutBrackets) {
  EXPECT_EQ(url_of("http://[::1]:8080/x"), (ProviderUrl{false, "::1", 8080, "/x"}));
  EXPECT_EQ(url_of("https://[2001:DB8::1]").host, "2001:db8::1");
}

TEST(ProviderUrlTest, RefusesCredentialsWithoutRepeatingThem) {
  EXPECT_THAT(refusal("https://user:hunter2@h"), testing::AllOf(HasSubstr("user name or password"), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(refusal("https://sk-secret@h"), Not(HasSubstr("sk-secret")));
  EXPECT_NE(refusal("https://@h"), "(accepted)");
}

TEST(ProviderUrlTest, RefusesQueryAndFragment) {
  EXPECT_THAT(refusal("https://h/?key=1"), HasSubstr("query"));
  EXPECT_THAT(refusal("https://h?"), HasSubstr("query"));
  EXPECT_THAT(refusal("https://h/#x"), HasSubstr("fragment"));
}

TEST(ProviderUrlTest, RefusesOtherSchemesAndNonsense) {
  EXPECT_THAT(refusal("ftp://h"), HasSubstr("https://"));
  EXPECT_THAT(refusal("localhost:8080"), HasSubstr("https://"));
  EXPECT_THAT(refusal(""), HasSubstr("not a URL"));
  EXPECT_THAT(refusal("api.example.com"), HasSubstr("not a URL"));
  EXPECT_THAT(refusal("https://h/a b"), HasSubstr("not a URL"));
  EXPECT_THAT(refusal(" https://h"), HasSubstr("not a URL"));
  EXPECT_THAT(refusal("https:///path"), HasSubstr("no host"));
  EXPECT_THAT(refusal("https://:443"), HasSubstr("no host"));
  EXPECT_THAT(refusal("https:h"), HasSubstr("no host"));
}

// The host goes into a header of every request.
TEST(ProviderUrlTest, RefusesHostsThatHideOtherCharactersInPercentEncoding) {
  for (const char* text : {"https://a%0d%0aX:1", "https://a%2Fb", "https://a%00b", "https://a%40b", "https://a%20b",
                           "https://%C3%A9.example"}) {
    EXPECT_THAT(refusal(text), HasSubstr("host")) << text;
  }
  EXPECT_EQ(url_of("https://ex%61mple.com").host, "example.com");
}

TEST(ProviderUrlTest, AuthorityLeavesTheSchemesOwnPortOut) {
  EXPECT_EQ(authority(url_of("https://h")), "h");
  EXPECT_EQ(authority(url_of("https://h:443")), "h");
  EXPECT_EQ(authority(url_of("http://h:80")), "h");
  EXPECT_EQ(authority(url_of("https://h:80")), "h:80");
  EXPECT_EQ(authority(url_of("http://h:443")), "h:443");
  EXPECT_EQ(authority(url_of("http://[::1]")), "[::1]");
  EXPECT_EQ(authority(url_of("http://[::1]:8080")), "[::1]:8080");
}

TEST(ProxyUrlTest, ReadsHttpAndSocksProxies) {
  EXPECT_EQ(parse_proxy_url("http://proxy:3128").value(),
            (Proxy{ProxyProtocol::kHttpConnect, "proxy", 3128, "", Secret()}));
  EXPECT_EQ(parse_proxy_url("socks5://[::1]:1080").value().host, "::1");
  EXPECT_EQ(parse_proxy_url("socks5://h:1080").value().protocol, ProxyProtocol::kSocks5);
  EXPECT_EQ(parse_proxy_url("socks5h://h:1080").value().protocol, ProxyProtocol::kSocks5);
}

TEST(ProxyUrlTest, DecodesTheCredentials) {
  const Proxy proxy = parse_proxy_url("http://us%40er:p%3Aw@proxy:3128").value();

  EXPECT_EQ(proxy.username, "us@er");
  EXPECT_EQ(proxy.password.reveal(), "p:w");
}

TEST(ProxyUrlTest, NeedsAPort) {
  for (const char* text : {"http://proxy", "http://proxy:", "socks5://proxy:0", "http://proxy:65536"}) {
    EXPECT_THAT(proxy_refusal(text), HasSubstr("port")) << text;
  }
}

TEST(ProxyUrlTest, RefusesOtherSchemesWithoutRepeatingCredentials) {
  EXPECT_THAT(proxy_refusal("https://u:hunter2@proxy:1"), testing::AllOf(HasSubstr("http://"), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(proxy_refusal("socks4://proxy:1"), HasSubstr("socks5://"));
  EXPECT_THAT(proxy_refusal("u:hunter2@proxy:1"), Not(HasSubstr("hunter2")));
  EXPECT_THAT(proxy_refusal("http://:3128"), HasSubstr("no host"));
  EXPECT_THAT(proxy_refusal("http://a%0d%0aX:1"), HasSubstr("host"));
}

}  // namespace
}  // namespace balancer

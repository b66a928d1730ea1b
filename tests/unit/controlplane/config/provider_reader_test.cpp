#include "controlplane/config/provider_reader.hpp"

#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ProviderReaderTest : public ConfigFixture {
 protected:
  // The provider "a" with these keys.
  Provider provider(const std::string& keys) {
    const ConfigLoad& loaded = load_provider("- {name: a, " + keys + "}\n");
    EXPECT_TRUE(loaded.config) << ::testing::PrintToString(problems());
    return loaded.config ? loaded.config->snapshot.providers.at(0) : Provider();
  }
};

TEST_F(ProviderReaderTest, ReadsEveryKey) {
  const Provider read = provider(
      "type: openai, base_url: 'https://API.example:8443/v1/', auth_type: api_key, auth_value: sk-1, enabled: false, "
      "proxy: 'socks5://me:secret@p.example:1080', version_override: 2023-06-01, beta_add: [x-1], beta_remove: [y], "
      "forward_client_identity: false, ca_file: /ca.pem, max_in_flight: 4, signature_domain: shared, "
      "allow_link_local: true");

  Provider expected;
  expected.name = "a";
  expected.type = ProviderType::kOpenAi;
  expected.base_url = "https://API.example:8443/v1";
  expected.url = {true, "api.example", 8443, "/v1"};
  expected.authentication = ProviderAuthentication::kBearer;
  expected.credential = Secret("sk-1");
  expected.enabled = false;
  expected.proxy = Proxy{ProxyProtocol::kSocks5, "p.example", 1080, "me", Secret("secret")};
  expected.version_override = "2023-06-01";
  expected.beta_add = {"x-1"};
  expected.beta_remove = {"y"};
  expected.forward_client_identity = false;
  expected.max_in_flight = 4;
  expected.signature_domain = "shared";
  expected.ca_file = "/ca.pem";
  expected.allow_link_local = true;
  EXPECT_TRUE(read == expected);
}

TEST_F(ProviderReaderTest, HasAnyNumberOfRequestsAndTheDomainOfItsHostUnlessToldOtherwise) {
  const Provider read = provider("type: anthropic, base_url: 'https://API.example/v1', auth_value: sk-1");

  EXPECT_EQ(read.max_in_flight, 0u);
  EXPECT_EQ(read.signature_domain, "api.example");
}

TEST_F(ProviderReaderTest, SendsEachKindOfCredentialInItsHeader) {
  const std::string anthropic = "type: anthropic, base_url: 'https://h.example', auth_value: k, ";
  const std::string openai = "type: openai, base_url: 'https://h.example', auth_value: k, ";

  EXPECT_EQ(provider(anthropic + "auth_type: api_key").authentication, ProviderAuthentication::kXApiKey);
  EXPECT_EQ(provider(anthropic + "auth_type: auth_token").authentication, ProviderAuthentication::kBearer);
  EXPECT_EQ(provider(anthropic + "auth_type: passthrough").authentication, ProviderAuthentication::kPassthrough);
  EXPECT_EQ(provider(anthropic).authentication, ProviderAuthentication::kXApiKey);
  EXPECT_EQ(provider(openai + "auth_type: api_key").authentication, ProviderAuthentication::kBearer);
  EXPECT_EQ(provider(openai).authentication, ProviderAuthentication::kBearer);
}

TEST_F(ProviderReaderTest, TakesTheWordPassthroughForNoCredential) {
  const Provider read =
      provider("type: anthropic, base_url: 'https://h.example', auth_type: auth_token, auth_value: passthrough");

  EXPECT_EQ(read.authentication, ProviderAuthentication::kPassthrough);
  EXPECT_TRUE(read.credential.empty());
}

TEST_F(ProviderReaderTest, RefusesOauthOnlyWhereItWouldBeUsed) {
  EXPECT_FALSE(load_provider("- {name: a, type: anthropic, base_url: 'https://h', auth_value: oauth}\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("2:65: error: providers[0].auth_value: signing in with OAuth is not "
                                                "supported; use an API key, or passthrough")));

  EXPECT_TRUE(
      load_provider("- {name: a, type: anthropic, base_url: 'https://h', auth_value: oauth, enabled: false}\n").config);
  EXPECT_THAT(problems(), ::testing::Contains(HasSubstr("warning: providers[0].auth_value: signing in with OAuth")));
}

TEST_F(ProviderReaderTest, WarnsOfAnEnabledProviderWithoutCredential) {
  EXPECT_TRUE(load_provider("- {name: a, type: openai, base_url: 'https://h', auth_value: ''}\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("warning: providers[0].auth_value: auth_value is empty")));

  EXPECT_TRUE(load_provider("- {name: a, type: openai, base_url: 'https://h'}\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("2:3: warning: providers[0]: auth_value is empty")));
}

TEST_F(ProviderReaderTest, WarnsOfACredentialInTheClear) {
  EXPECT_TRUE(load_provider("- {name: a, type: openai, base_url: 'http://h.example', auth_value: k}\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("warning: providers[0].base_url: the credential travels unencrypted")));

  EXPECT_TRUE(load_provider("- {name: a, type: openai, base_url: 'http://127.0.0.1:11434/v1', auth_value: k}\n").config);
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(ProviderReaderTest, RefusesMetadataAddressesUnlessAllowed) {
  const std::string metadata = "- {name: a, type: openai, auth_value: k, base_url: 'https://169.254.169.254'";
  EXPECT_FALSE(load_provider(metadata + "}\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("error: providers[0].base_url: is a link-local or metadata address")));

  EXPECT_TRUE(load_provider(metadata + ", allow_link_local: true}\n").config);
  EXPECT_THAT(problems(), IsEmpty());

  EXPECT_FALSE(load_provider("- {name: a, type: openai, auth_value: k, base_url: 'https://h', proxy: "
                             "'http://[::ffff:169.254.169.254]:80'}\n")
                   .config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("error: providers[0].proxy: is a link-local or metadata address")));
}

TEST_F(ProviderReaderTest, RefusesNamesUrlsAndHeadersThatCannotWork) {
  EXPECT_FALSE(load(
      "providers:\n"
      "- {name: '', type: openai, base_url: 'https://h', auth_value: k}\n"
      "- {type: openai, base_url: 'https://h', auth_value: k}\n"
      "- {name: b, base_url: 'https://h', auth_value: k}\n"
      "- {name: c, type: openai, base_url: 'https://u:p@h', auth_value: k}\n"
      "- {name: d, type: openai, base_url: 'https://h:0', auth_value: k}\n"
      "- {name: e, type: openai, base_url: 'https://h', auth_value: k, beta_add: ['a,b']}\n"
      "- {name: f, type: openai, base_url: 'https://h', auth_value: k, version_override: \"a\\nb\"}\n"
      "- {name: g, type: openai, base_url: 'https://h', auth_value: \"k\\nx: y\"}\n"
      "- text\n" +
      std::string("model_routes: {\"*\": [{provider: b}]}\n")).config);
  EXPECT_THAT(problems(),
              ElementsAre("2:10: error: providers[0].name: must not be empty", "3:3: error: providers[1].name: is missing",
                          "4:3: error: providers[2].type: is missing",
                          "5:37: error: providers[3].base_url: must not hold a user name or password",
                          HasSubstr("6:37: error: providers[4].base_url: "),
                          HasSubstr("7:75: error: providers[5].beta_add: must be a list of names"),
                          HasSubstr("8:83: error: providers[6].version_override: must be visible ASCII"),
                          HasSubstr("9:62: error: providers[7].auth_value: the credential holds a line break"),
                          "10:3: error: providers[8]: must be a mapping (key: value)"));
}

TEST_F(ProviderReaderTest, WarnsWhenNothingIsEnabled) {
  EXPECT_TRUE(load_provider("- {name: a, type: openai, base_url: 'https://h', enabled: false}\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("warning: providers: no provider is enabled"),
                                      HasSubstr("no provider of this route is enabled")));
}

}  // namespace
}  // namespace balancer::controlplane

#include "controlplane/config/authentication_reader.hpp"

#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AuthenticationReaderTest : public ConfigFixture {
 protected:
  ClientAuthentication authentication(const std::string& auth) {
    const ConfigLoad& loaded = load_settings("  auth: {" + auth + "}\n");
    EXPECT_TRUE(loaded.config) << ::testing::PrintToString(problems());
    return loaded.config ? loaded.config->snapshot.client_authentication : ClientAuthentication();
  }
};

TEST_F(AuthenticationReaderTest, IsOffUntilAKeyIsGiven) {
  EXPECT_FALSE(load_settings("  port: 1\n").config->snapshot.client_authentication.enabled);
  EXPECT_TRUE(authentication("api_key: client-key-0123456789").enabled);
  EXPECT_FALSE(authentication("api_key: client-key-0123456789, enabled: false").enabled);
}

TEST_F(AuthenticationReaderTest, KeepsDigestsOfKeys) {
  variables_["CLIENT_KEY"] = "client-key-from-environment";
  std::filesystem::permissions(folder_.overwrite("client.key", "client-key-from-file\n"),
                               std::filesystem::perms::owner_read);

  const ClientAuthentication read = authentication(
      "enabled: true, api_key: client-key-0123456789, keys: [{name: env, key: '${CLIENT_KEY}'}, {name: file, key: "
      "'file:client.key'}, {name: hex, sha256: BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD}]");

  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_TRUE((read.keys == std::vector<ClientKey>{{"default", sha256("client-key-0123456789")},
                                                   {"env", sha256("client-key-from-environment")},
                                                   {"file", sha256("client-key-from-file")},
                                                   {"hex", sha256("abc")}}));
}

TEST_F(AuthenticationReaderTest, ReadsWhatIsExempt) {
  const ClientAuthentication read = authentication(
      "exempt_paths: [/docs, /health], allowed_hosts: [Balancer.example], allow_unauthenticated: true");

  EXPECT_THAT(read.exempt_paths, ElementsAre("/docs", "/health"));
  EXPECT_THAT(read.allowed_hosts, ElementsAre("balancer.example"));
  EXPECT_TRUE(read.allow_unauthenticated);
}

TEST_F(AuthenticationReaderTest, RefusesToBeEnabledWithoutAKey) {
  EXPECT_FALSE(load_settings("  auth: {enabled: true}\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("4:9: error: settings.auth: authentication is enabled without a key")));
  EXPECT_FALSE(load_settings("  auth: {enabled: true, keys: []}\n").config);
  EXPECT_FALSE(load_settings("  auth: {enabled: true, api_key: ''}\n").config);
}

TEST_F(AuthenticationReaderTest, AKeyInTheWrongShapeDoesNotSilentlyLeaveAuthenticationOff) {
  EXPECT_FALSE(load_settings("  auth: {api_key: [client-key-0123456789]}\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("settings.auth.api_key: must be")));
  EXPECT_FALSE(load_settings("  auth: {api_key: {key: client-key-0123456789}}\n").config);
}

TEST_F(AuthenticationReaderTest, RefusesKeysThatCannotWork) {
  EXPECT_FALSE(load_settings("  auth:\n"
                             "    keys:\n"
                             "    - {name: a, key: client-key-0123456789}\n"
                             "    - {name: a, key: client-key-9876543210}\n"
                             "    - {name: b, key: client-key-0123456789}\n"
                             "    - {name: c}\n"
                             "    - {name: d, sha256: abc}\n"
                             "    - {key: client-key-000000000000}\n"
                             "    - {name: e, key: ''}\n"
                             "    - {name: f, kye: client-key-111111111111}\n")
                   .config);
  EXPECT_THAT(problems(),
              ElementsAre("7:7: error: settings.auth.keys[1]: the name \"a\" is taken already",
                          "8:7: error: settings.auth.keys[2]: is the same key as \"a\"",
                          "9:7: error: settings.auth.keys[3]: needs a key, or its sha256",
                          HasSubstr("10:25: error: settings.auth.keys[4].sha256: must be the key's SHA-256"),
                          "11:7: error: settings.auth.keys[5].name: is missing",
                          "12:22: error: settings.auth.keys[6].key: the key is empty",
                          "13:7: error: settings.auth.keys[7]: needs a key, or its sha256",
                          "13:17: error: settings.auth.keys[7].kye: unknown key; did you mean key?"));
}

TEST_F(AuthenticationReaderTest, RefusesPathsAndHostsThatAreNone) {
  EXPECT_FALSE(load_settings("  auth: {exempt_paths: ['docs', '/a/../b', '/%2e', '/v1/*', '//x'], allowed_hosts: "
                             "['http://h']}\n")
                   .config);
  EXPECT_EQ(problems().size(), 6u);
}

TEST_F(AuthenticationReaderTest, WarnsOfAKeyThatCanBeGuessed) {
  authentication("api_key: secret");
  EXPECT_THAT(problems(), ElementsAre("4:19: warning: settings.auth.api_key: the key has fewer than 16 characters and "
                                      "can be guessed"));
}

}  // namespace
}  // namespace balancer::controlplane

#include "controlplane/config/credential_reader.hpp"

#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {
namespace {

using std::filesystem::perms;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CredentialReaderTest : public ConfigFixture {
 protected:
  // The credential of a provider with this auth_value; "none" when the file does not load.
  std::string credential(const std::string& auth_value) {
    const ConfigLoad& loaded =
        load_provider("- {name: a, type: openai, base_url: 'https://h', auth_value: '" + auth_value + "'}\n");
    return loaded.config ? loaded.config->snapshot.providers.at(0).credential.reveal() : "none";
  }

  void write_key(const std::string& name, std::string_view content, perms mode) {
    std::filesystem::permissions(folder_.overwrite(name, content), mode);
  }
};

TEST_F(CredentialReaderTest, ReadsLiteralsAndVariables) {
  variables_["KEY"] = "sk-env";

  EXPECT_EQ(credential("sk-$literal"), "sk-$literal");
  EXPECT_EQ(credential("${KEY}"), "sk-env");
  EXPECT_EQ(credential("${NOPE:-sk-default}"), "sk-default");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(CredentialReaderTest, ReadsAFileBesideTheConfigurationWithoutItsLineEnd) {
  write_key("key.txt", "sk-file\r\n", perms::owner_read);
  variables_["NAME"] = "key";

  EXPECT_EQ(credential("file:key.txt"), "sk-file");
  EXPECT_EQ(credential("file:${NAME}.txt"), "sk-file");
  EXPECT_EQ(credential("file:" + (folder_.path() / "key.txt").string()), "sk-file");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(CredentialReaderTest, WarnsOfAFileThatOthersCanRead) {
  write_key("key.txt", "sk-file", perms::owner_read | perms::group_read);

  EXPECT_EQ(credential("file:key.txt"), "sk-file");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("2:62: warning: providers[0].auth_value: the file \"key.txt\" can be "
                                                "read by others than its owner; chmod 600 it")));
}

class ReadableConfigTest : public CredentialReaderTest {
 protected:
  // Loads a file with credentials of every form, with these permissions.
  std::vector<std::string> problems_with(perms mode) {
    write_key("key.txt", "sk-file", perms::owner_read);
    variables_["KEY"] = "sk-env-that-is-long";
    std::filesystem::permissions(folder_.overwrite("config.yaml", ""), mode);
    load("providers:\n"
         "- {name: a, type: openai, base_url: 'https://h', auth_value: sk-literal}\n"
         "- {name: b, type: openai, base_url: 'https://h', auth_value: '${KEY}', proxy: 'http://u:sk-literal@h:1'}\n"
         "- {name: c, type: openai, base_url: 'https://h', auth_value: 'file:key.txt', proxy: 'http://h:1'}\n"
         "- {name: d, type: anthropic, base_url: 'https://h', auth_type: auth_token, auth_value: passthrough}\n"
         "model_routes: {\"*\": [{provider: a}]}\n"
         "settings: {auth: {keys: [{name: x, key: a-literal-of-many-letters}, {name: y, key: '${KEY}'},\n"
         "  {name: z, sha256: '" +
         std::string(64, '0') + "'}]}}\n");
    return problems();
  }
};

TEST_F(ReadableConfigTest, IsWarnedOfAtEverySecretThatStandsInIt) {
  for (const perms more : {perms::group_read, perms::others_read}) {
    EXPECT_THAT(problems_with(perms::owner_read | perms::owner_write | more),
                ElementsAre(HasSubstr("2:62: warning: providers[0].auth_value: others than its owner can read this secret in "
                                      "this file; chmod 600 it, or write ${VARIABLE} or file:PATH"),
                            HasSubstr("warning: providers[1].proxy: others than its owner"),
                            HasSubstr("warning: settings.auth.keys[0].key: others than its owner")));
  }
}

TEST_F(ReadableConfigTest, IsNotWarnedOfWhenItIsTheOwnersOnly) {
  EXPECT_THAT(problems_with(perms::owner_read | perms::owner_write), IsEmpty());
}

TEST_F(CredentialReaderTest, ReportsAFileThatCannotBeRead) {
  EXPECT_EQ(credential("file:absent"), "none");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("error: providers[0].auth_value: the file \"absent\" cannot be read: No "
                                                "such file or directory")));
}

TEST_F(CredentialReaderTest, NeverTakesAVariablesValueForAPath) {
  write_key("key.txt", "sk-file", perms::owner_read);
  variables_["KEY"] = "file:key.txt";

  EXPECT_EQ(credential("${KEY}"), "file:key.txt");
}

TEST_F(CredentialReaderTest, RefusesWhatNoHeaderCanCarry) {
  write_key("key.txt", "sk-1\nsk-2\n", perms::owner_read);

  EXPECT_EQ(credential("file:key.txt"), "none");
  EXPECT_EQ(credential("schl\xc3\xbcssel"), "none");
  EXPECT_EQ(credential(" sk-1"), "none");
  EXPECT_EQ(credential("sk-1 "), "none");
}

}  // namespace
}  // namespace balancer::controlplane

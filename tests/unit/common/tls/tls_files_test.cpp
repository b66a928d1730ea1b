#include "common/tls/tls_files.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include "tests/fakes/temp_dir.hpp"
#include "tests/fakes/test_certificate.hpp"

namespace balancer::tls {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class TlsFilesTest : public testing::Test {
 protected:
  // The message of what is refused.
  static std::string refusal(const Files& files) {
    const auto material = load(files);
    return material ? "" : material.error().message;
  }

  fakes::TestAuthority authority_;
  fakes::TlsIdentity identity_ = authority_.chained();
  fakes::TempDir folder_;
  const Files files_{.certificate = folder_.write("cert.pem", identity_.certificate_pem),
                     .key = folder_.write("key.pem", identity_.key_pem),
                     .authorities = folder_.write("ca.pem", authority_.certificate_pem())};
};

TEST_F(TlsFilesTest, WhatBelongsTogetherIsLoadedAsItStands) {
  const auto material = load(files_);

  ASSERT_TRUE(material) << material.error().message;
  EXPECT_EQ(material->certificate_chain, identity_.certificate_pem);
  EXPECT_EQ(material->private_key.reveal(), identity_.key_pem);
  EXPECT_EQ(material->authorities, authority_.certificate_pem());
}

TEST_F(TlsFilesTest, TheFirstEndInTheChainIsItsExpiry) {
  const fakes::TlsIdentity expired = authority_.expired();
  folder_.write("cert.pem", expired.certificate_pem + authority_.certificate_pem());
  folder_.write("key.pem", expired.key_pem);

  const auto material = load(files_);

  ASSERT_TRUE(material) << material.error().message;
  ASSERT_TRUE(material->expiry);
  EXPECT_LT(*material->expiry, std::chrono::system_clock::now() - std::chrono::hours(23));
  EXPECT_GT(*material->expiry, std::chrono::system_clock::now() - std::chrono::hours(25));
}

TEST_F(TlsFilesTest, AKeyOfAnotherCertificateIsRefusedWithoutShowingIt) {
  const std::string other = authority_.valid().key_pem;
  folder_.write("key.pem", other);

  EXPECT_THAT(refusal(files_), AllOf(HasSubstr("key.pem"), HasSubstr("cert.pem"), Not(HasSubstr(other.substr(40, 20)))));
}

TEST_F(TlsFilesTest, WhatIsNoPemOrNotThereIsRefusedByName) {
  for (const char* name : {"cert.pem", "key.pem", "ca.pem"}) {
    const std::string path = folder_ / name;
    std::filesystem::rename(path, path + ".kept");
    EXPECT_THAT(refusal(files_), AllOf(HasSubstr(path), HasSubstr("No such file"))) << name;
    folder_.write(name, "");
    EXPECT_THAT(refusal(files_), HasSubstr(path)) << name;
    folder_.write(name, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    EXPECT_THAT(refusal(files_), HasSubstr(path)) << name;
    std::filesystem::rename(path + ".kept", path);
  }
  EXPECT_EQ(refusal(files_), "");
}

TEST_F(TlsFilesTest, AKeyThatOthersMayReadIsFoundOut) {
  EXPECT_FALSE(load(files_)->key_widely_readable);

  std::filesystem::permissions(files_.key, std::filesystem::perms(0640));

  EXPECT_TRUE(load(files_)->key_widely_readable);
}

TEST_F(TlsFilesTest, WhatIsNotNamedIsEmpty) {
  const auto material = load({.authorities = files_.authorities});

  ASSERT_TRUE(material);
  EXPECT_TRUE(material->private_key.empty());
  EXPECT_FALSE(material->expiry);
}

}  // namespace
}  // namespace balancer::tls

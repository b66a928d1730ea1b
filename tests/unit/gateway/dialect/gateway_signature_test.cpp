// Signatures of the gateway's own thinking blocks (protocol.md 2.7): what they carry comes back from clients.
#include "gateway/dialect/gateway_signature.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "gateway/dialect/base64url.hpp"

namespace balancer::gateway {
namespace {

TEST(GatewaySignatureTest, CarriesTheTextThatTheClientIsNotShown) {
  const std::string tag = reasoning_tag("provider", "model");
  const std::string thought = "a \"quoted\" thought, \xf0\x9f\x8c\x8d\n" + std::string(10'000, 'x');

  const std::string signature = make_gateway_signature(tag, thought);
  const auto read = read_gateway_signature(signature);

  ASSERT_TRUE(read);
  EXPECT_EQ(read->tag, tag);
  EXPECT_EQ(read->text, thought);
  EXPECT_EQ(signature.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-_"),
            std::string::npos);
}

TEST(GatewaySignatureTest, NamesWhoThought) {
  EXPECT_EQ(reasoning_tag("a", "m").size(), 8U);
  EXPECT_NE(reasoning_tag("a", "m"), reasoning_tag("a", "n"));
  EXPECT_NE(reasoning_tag("a", "b"), reasoning_tag("ab", ""));
  EXPECT_EQ(make_gateway_signature("0a1b2c3d"), "gw1.0a1b2c3d");
}

TEST(GatewaySignatureTest, LeavesOutTextsThatAreTooLong) {
  EXPECT_EQ(make_gateway_signature("0a1b2c3d", std::string(65 * 1024, 'x')), "gw1.0a1b2c3d");
}

TEST(GatewaySignatureTest, OthersSignaturesAreNotItsOwn) {
  EXPECT_FALSE(read_gateway_signature("EqRsT"));
  EXPECT_FALSE(read_gateway_signature(""));
  EXPECT_FALSE(read_gateway_signature("gw2.0a1b2c3d"));
}

TEST(GatewaySignatureTest, DamagedAndExplosiveTextsAreLeftOut) {
  const std::string zeros(100 * 1024 * 1024, '\0');
  uLongf size = compressBound(zeros.size());
  std::string bomb(size, '\0');
  ASSERT_EQ(compress(reinterpret_cast<Bytef*>(bomb.data()), &size, reinterpret_cast<const Bytef*>(zeros.data()),
                     zeros.size()), Z_OK);
  bomb.resize(size);

  for (const std::string& carried : {std::string("not-deflated"), std::string("%%%"), encode_base64url(bomb)}) {
    const auto read = read_gateway_signature("gw1.0a1b2c3d." + carried);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->tag, "0a1b2c3d");
    EXPECT_EQ(read->text, "");
  }
}

TEST(Base64UrlTest, RoundTripsEveryLengthAndByte) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    const std::string text = encode_base64url(bytes);
    EXPECT_EQ(text.find_first_of("+/="), std::string::npos);
    EXPECT_EQ(decode_base64url(text), bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST(Base64UrlTest, RefusesWhatItWouldNotHaveWritten) {
  for (const char* const text : {"A", "AB=", "AB==", "A B", "+/+/", "AB\n", "Zh"}) EXPECT_FALSE(decode_base64url(text)) << text;
}

}  // namespace
}  // namespace balancer::gateway

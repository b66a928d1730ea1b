#include "common/signature/signature_builder.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_set>

namespace balancer {
namespace {

RequestSignature signature_of(std::initializer_list<std::string_view> parts) {
  SignatureBuilder builder;
  for (const std::string_view part : parts) builder.add(part);
  return builder.finish();
}

TEST(SignatureBuilderTest, IsTheSha256OfTheTagAndOfThePartsBehindTheirLengths) {
  // Seven bits of the length a byte, the lowest first: 300 is 0xac 0x02.
  const std::string long_part(300, 'x');

  const RequestSignature signature = signature_of({"ab", "", long_part});

  using namespace std::string_literals;
  EXPECT_EQ(signature.digest,
            sha256("provider-balancer request signature 2\n\x02"s + "ab" + "\0"s + "\xac\x02" + long_part));
}

TEST(SignatureBuilderTest, PiecesAreHashedWithoutLengths) {
  SignatureBuilder builder;
  builder.add("ab");
  builder.add_piece("{");
  builder.add_piece("");
  builder.add_piece("1}");
  builder.add("c");

  using namespace std::string_literals;
  EXPECT_EQ(builder.finish().digest, sha256("provider-balancer request signature 2\n\x02"s + "ab{1}\x01" + "c"));
}

TEST(SignatureBuilderTest, TheSamePartsHaveTheSameSignature) {
  EXPECT_EQ(signature_of({"a", "b"}), signature_of({"a", "b"}));
}

TEST(SignatureBuilderTest, NoTwoListsOfPartsMeet) {
  std::unordered_set<RequestSignature, RequestSignatureHash> seen;
  EXPECT_TRUE(seen.insert(signature_of({})).second);
  EXPECT_TRUE(seen.insert(signature_of({""})).second);
  EXPECT_TRUE(seen.insert(signature_of({"", ""})).second);
  EXPECT_TRUE(seen.insert(signature_of({"abc"})).second);
  EXPECT_TRUE(seen.insert(signature_of({"a", "bc"})).second);
  EXPECT_TRUE(seen.insert(signature_of({"ab", "c"})).second);
  EXPECT_TRUE(seen.insert(signature_of({"ab", "c", ""})).second);
  EXPECT_TRUE(seen.insert(signature_of({"c", "ab"})).second);
  EXPECT_TRUE(seen.insert(signature_of({"a\x02" "bc"})).second);
}

TEST(SignatureBuilderTest, LongPartsAndManyShortOnesAreHashedCompletely) {
  for (const std::size_t size : {127U, 128U, 1000U, 1024U, 4095U, 4096U, 4097U, 16384U, 100'000U}) {
    std::string part(size, 'x');
    std::string many = "provider-balancer request signature 2\n";
    SignatureBuilder builder;
    for (std::size_t i = 0; i < size; ++i) {
      builder.add("yz");
      many += "\x02yz";
    }
    EXPECT_EQ(builder.finish().digest, sha256(many)) << size;
    const RequestSignature whole = signature_of({"p", part, "q"});
    part.back() = 'y';
    EXPECT_NE(signature_of({"p", part, "q"}), whole) << size;
  }
}

}  // namespace
}  // namespace balancer

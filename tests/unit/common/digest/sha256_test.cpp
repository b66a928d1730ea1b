#include "common/digest/sha256.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace balancer {
namespace {

std::string hex(const Sha256Digest& digest) {
  std::string text;
  for (const std::uint8_t byte : digest) {
    char pair[3];
    std::snprintf(pair, sizeof pair, "%02x", byte);
    text += pair;
  }
  return text;
}

TEST(Sha256Test, AgreesWithThePublishedVectors) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Test, EqualDigestsAreEqualAndOneByteTellsOthersApart) {
  Sha256Digest changed = sha256("abc");
  EXPECT_TRUE(constant_time_equal(sha256("abc"), changed));

  changed.back() ^= 1;
  EXPECT_FALSE(constant_time_equal(sha256("abc"), changed));
  changed = sha256("abc");
  changed.front() ^= 0x80;
  EXPECT_FALSE(constant_time_equal(sha256("abc"), changed));
}

}  // namespace
}  // namespace balancer

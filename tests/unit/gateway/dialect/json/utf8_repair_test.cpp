#include "gateway/dialect/json/utf8_repair.hpp"

#include <gtest/gtest.h>

#include <string>

#include "gateway/dialect/json/json_marks.hpp"
#include "tests/unit/gateway/dialect/padded_text.hpp"

namespace balancer::gateway {
namespace {

TEST(Utf8RepairTest, WellFormedTextStaysAsItIs) {
  for (const char* text :
       {"", "plain\n\x01\x7f", "é日🙂",
        "\xc2\x80\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(with_valid_utf8(text), text);
  }
}

TEST(Utf8RepairTest, MalformedBytesAndNulBecomeReplacementCharacters) {
  EXPECT_EQ(with_valid_utf8("a\xff" "b"), "a\ufffdb");
  EXPECT_EQ(with_valid_utf8("\xc3"), "\ufffd");
  EXPECT_EQ(with_valid_utf8("\xe6\x97"), "\ufffd\ufffd");
  EXPECT_EQ(with_valid_utf8("\xc0\xaf"), "\ufffd\ufffd") << "overlong";
  EXPECT_EQ(with_valid_utf8("\xed\xa0\x80"), "\ufffd\ufffd\ufffd") << "a surrogate";
  EXPECT_EQ(with_valid_utf8("\xf4\x90\x80\x80"), "\ufffd\ufffd\ufffd\ufffd") << "beyond Unicode";
  EXPECT_EQ(with_valid_utf8(std::string("a\0b", 3)), "a\ufffdb");
  EXPECT_EQ(with_valid_utf8("\xe6\x97x"), "\ufffd\ufffdx");
}

TEST(Utf8RepairTest, WhateverComesOutIsUtf8) {
  JsonMarks marks;
  for (int lead = 0x80; lead < 0x100; ++lead) {
    for (int second = 0x40; second < 0x100; second += 0x10) {
      const std::string text{static_cast<char>(lead), static_cast<char>(second), '\xa0', '\x80', 'x'};
      const std::string repaired = with_valid_utf8(text);
      const PaddedText quoted("\"" + repaired + "\"");
      ASSERT_EQ(marks.find(quoted.view()), JsonMarksProblem::kNone) << lead << " " << second;
      ASSERT_EQ(repaired.back(), 'x');
    }
  }
}

}  // namespace
}  // namespace balancer::gateway

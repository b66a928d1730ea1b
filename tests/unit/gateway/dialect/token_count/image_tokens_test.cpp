// Images by their headers (protocol.md section 6). The headers come from clients.
#include "gateway/dialect/token_count/image_tokens.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <string>

namespace balancer::gateway {
namespace {

using namespace std::string_literals;

std::string base64(std::string bytes) {
  std::string text(bytes.size() / 3 * 4 + 8, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string png(int width, int height) {
  const auto big32 = [](int n) { return "\0\0"s + static_cast<char>(n >> 8) + static_cast<char>(n); };
  return "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s + big32(width) + big32(height) + "\x08\x06\0\0\0the rest of it all"s;
}

void expect_size(const std::string& bytes, int width, int height) {
  const auto size = image_size(base64(bytes));
  ASSERT_TRUE(size);
  EXPECT_EQ(size->width, width);
  EXPECT_EQ(size->height, height);
}

TEST(ImageTokensTest, ReadsTheSizeFromEveryKindOfHeader) {
  expect_size(png(1920, 1080), 1920, 1080);
  expect_size("GIF89a\x40\x01\xf0\x00 and so on, and on and on"s, 320, 240);
  expect_size("\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc2\0\x11\x08\x02\x58\x03\x20\x03 more"s, 800, 600);
  expect_size("RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\x01\0\xef\0\0 more"s, 320, 240);
  expect_size("RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x40\x01\xf0\0 more and more"s, 320, 240);
}

TEST(ImageTokensTest, HostileHeadersHaveNoSize) {
  EXPECT_FALSE(image_size(""));
  EXPECT_FALSE(image_size("no base64 at all!"));
  EXPECT_FALSE(image_size(base64(png(0, 5))));
  EXPECT_FALSE(image_size(base64("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff more"s)));
  EXPECT_FALSE(image_size(base64("\xff\xd8\xff\xe0\0\0\xff\xe0\0\0\xff\xe0\0\0"s)));
  EXPECT_FALSE(image_size(base64("\xff\xd8" + std::string(100'000, '\xff'))));
  for (std::size_t length = 0; length < 24; ++length) {
    EXPECT_FALSE(image_size(base64(png(640, 480).substr(0, length)))) << length;
  }
}

TEST(ImageTokensTest, ReproducesThePublishedTable) {
  const TokenRules old_rules = token_rules("claude-sonnet-4-6");
  const TokenRules new_rules = token_rules("claude-opus-4-7");
  const auto old_tokens = [&](int width, int height) { return image_tokens(ImageSize{width, height}, old_rules); };
  const auto new_tokens = [&](int width, int height) { return image_tokens(ImageSize{width, height}, new_rules); };

  EXPECT_EQ(old_tokens(200, 200), 64);
  EXPECT_EQ(old_tokens(1000, 1000), 1296);
  EXPECT_EQ(old_tokens(1092, 1092), 1521);
  EXPECT_EQ(old_tokens(1920, 1080), 1560);
  EXPECT_EQ(new_tokens(1920, 1080), 2691);
  EXPECT_EQ(old_tokens(2000, 1500), 1564);
  EXPECT_EQ(new_tokens(2000, 1500), 3888);
  EXPECT_EQ(old_tokens(3840, 2160), 1560);
  EXPECT_EQ(new_tokens(3840, 2160), 4784);
  EXPECT_EQ(image_tokens(std::nullopt, old_rules), 1568);
  EXPECT_EQ(image_tokens(ImageSize{512, 512}, token_rules("gpt-4o")), 85 + 170);
}

TEST(ImageTokensTest, CountsPagesOfAPdfOrItsSize) {
  EXPECT_EQ(pdf_tokens(base64("%PDF /Type /Pages /Type /Page /Type/Page /Type /Page ")), 3 * 2000);
  EXPECT_EQ(pdf_tokens(base64(std::string(120 * 1024, 'x'))), 3 * 2000);
  EXPECT_EQ(pdf_tokens("???"), 2000);
}

}  // namespace
}  // namespace balancer::gateway

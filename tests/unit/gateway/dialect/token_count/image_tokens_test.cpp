// Images by their headers (protocol.md section 6). The headers come from clients.
#include "gateway/dialect/token_count/image_tokens.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <string>
#include <string_view>

namespace balancer::gateway {
namespace {

using namespace std::string_literals;

std::string base64(std::string_view bytes) {
  std::string text(bytes.size() / 3 * 4 + 8, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string png(int width, int height) {
  const auto big32 = [](int n) { return "\0\0"s + static_cast<char>(n >> 8) + static_cast<char>(n); };
  return "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s + big32(width) + big32(height) + "\x08\x06\0\0\0the rest of it all"s;
}

// As far as the frame header, behind `metadata`.
std::string jpeg(const std::string& metadata, int width, int height) {
  const auto big16 = [](int n) { return std::string{static_cast<char>(n >> 8), static_cast<char>(n)}; };
  return "\xff\xd8" + metadata + "\xff\xc0\0\x11\x08"s + big16(height) + big16(width) + "\x03 and the rest";
}

std::string jpeg_segment(char marker, std::size_t size) {
  const std::size_t length = size + 2;
  return {"\xff"s + marker + static_cast<char>(length >> 8) + static_cast<char>(length) + std::string(size, '\xff')};
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
  expect_size("\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc2\0\x11\x08\x02\x58\x03\x20\x03 more"s, 800,
              600);
  expect_size("RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\x01\0\xef\0\0 more"s, 320, 240);
  // 14 bits each: 319 and 239.
  expect_size("RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x3f\xc1\x3b\0 more and more"s, 320, 240);
  expect_size("RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x40\x01\xf0\0 more and more"s, 320, 240);
}

TEST(ImageTokensTest, FindsTheFrameOfAJpegBehindItsMetadata) {
  expect_size(jpeg(jpeg_segment('\xe1', 60'000), 4000, 3000), 4000, 3000);
  expect_size(jpeg(jpeg_segment('\xe0', 14) + jpeg_segment('\xdb', 65) + jpeg_segment('\xc4', 40), 33, 44), 33, 44);
  expect_size(jpeg("\xff\xff\xff", 33, 44), 33, 44);
  EXPECT_FALSE(image_size(base64(jpeg(jpeg_segment('\xe1', 65'000) + jpeg_segment('\xe1', 65'000), 33, 44))));
  EXPECT_FALSE(image_size(base64(jpeg(jpeg_segment('\xda', 12), 33, 44)))) << "the picture has begun";
}

TEST(ImageTokensTest, ReadsBase64WhoseSlashesAndLineBreaksAreEscaped) {
  const std::string plain = base64(jpeg(jpeg_segment('\xe1', 100), 640, 480));
  ASSERT_TRUE(plain.starts_with("/9j/"));
  std::string escaped;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    escaped += plain[i] == '/' ? "\\/" : std::string(1, plain[i]);
    if (i % 76 == 75) escaped += "\\r\\n";
  }

  const auto size = image_size(escaped);

  ASSERT_TRUE(size);
  EXPECT_EQ(size->width, 640);
  EXPECT_EQ(size->height, 480);
  EXPECT_FALSE(image_size(R"(\/9j\/\)"));
}

TEST(ImageTokensTest, HostileHeadersHaveNoSize) {
  EXPECT_FALSE(image_size(""));
  EXPECT_FALSE(image_size("no base64 at all!"));
  EXPECT_FALSE(image_size(base64(png(0, 5))));
  EXPECT_FALSE(image_size(base64("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff more"s)));
  EXPECT_FALSE(image_size(base64("\xff\xd8\xff\xe0\0\0\xff\xe0\0\0\xff\xe0\0\0"s)));
  EXPECT_FALSE(image_size(base64("\xff\xd8" + std::string(100'000, '\xff'))));
  EXPECT_FALSE(image_size(base64("\x89PNG\r\n\x1a\n\0\0\0\rCgBI\0\0\x02\0\0\0\x02\0\0\0\0\0 more"s)));
  EXPECT_FALSE(image_size(base64("RIFF\0\0\0\0WEBPVP9 \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"s)));
  EXPECT_FALSE(image_size(base64("GIF89a\0\0\0\0 and so on"s)));
  const std::string webp = "RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\x01\0\xef\0\0"s;
  for (const std::string& whole : {png(640, 480).substr(0, 24), webp, jpeg("", 640, 480).substr(0, 11)}) {
    for (std::size_t length = 0; length < whole.size() - 1; ++length) {
      EXPECT_FALSE(image_size(base64(whole.substr(0, length)))) << length;
    }
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
  const TokenRules rules = token_rules("claude-sonnet-4-5");
  const std::int64_t page = pdf_tokens(base64("%PDF /Type /Page "), rules);

  EXPECT_GT(page, 1500 + 1500);
  EXPECT_LE(page, 1500 + 1568);
  EXPECT_EQ(pdf_tokens(base64("%PDF /Type /Pages /Type /Page /Type/Page/Type/Pages /Type /Page"), rules), 3 * page);
  EXPECT_EQ(pdf_tokens(base64(std::string(120 * 1024, 'x')), rules), 3 * 2000);
  EXPECT_EQ(pdf_tokens("???", rules), 2000);
  EXPECT_EQ(pdf_tokens("", rules), 2000);
}

TEST(ImageTokensTest, CountsPagesOfAPdfBeyondThePartThatIsSearched) {
  const TokenRules rules = token_rules("claude-sonnet-4-5");
  std::string pdf;
  for (int page = 0; page < 60; ++page) pdf += "/Type /Page " + std::string(100 * 1024, 'x');

  const std::int64_t pages = pdf_tokens(base64(pdf), rules) / pdf_tokens(base64("/Type /Page"), rules);

  EXPECT_GE(pages, 59);
  EXPECT_LE(pages, 62);
}

TEST(ImageTokensTest, EveryShapeHasTokensWithinTheCap) {
  for (const char* model : {"claude-sonnet-4-5", "claude-opus-4-7"}) {
    const TokenRules rules = token_rules(model);
    for (const int width : {1, 27, 28, 29, 1567, 1568, 1569, 2576, 65535}) {
      for (const int height : {1, 28, 1568, 2577, 65535}) {
        const std::int64_t tokens = image_tokens(ImageSize{width, height}, rules);
        EXPECT_GE(tokens, 1) << width << "x" << height;
        EXPECT_LE(tokens, rules.image_tokens) << width << "x" << height;
        EXPECT_EQ(tokens, image_tokens(ImageSize{height, width}, rules)) << width << "x" << height;
      }
    }
  }
}

TEST(ImageTokensTest, OtherModelsCountTiles) {
  const TokenRules rules = token_rules("gpt-4o");
  EXPECT_EQ(image_tokens(ImageSize{1024, 1024}, rules), 85 + 4 * 170);
  EXPECT_EQ(image_tokens(ImageSize{2048, 4096}, rules), 85 + 6 * 170);
  EXPECT_EQ(image_tokens(ImageSize{65535, 1}, rules), 85 + 4 * 170);
  EXPECT_EQ(image_tokens(std::nullopt, rules), 85 + 4 * 170);
}

}  // namespace
}  // namespace balancer::gateway

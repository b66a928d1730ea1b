#include "gateway/dialect/token_count/image_tokens.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace balancer::gateway {
namespace {

constexpr std::size_t kHeaderBase64 = 88 * 1024;
constexpr std::size_t kPdfBase64 = 4 * 1024 * 1024;
constexpr int kPatch = 28;
constexpr int kTile = 512;
constexpr std::int64_t kTokensPerPdfPage = 2000;
constexpr std::size_t kBytesPerPdfPage = 50 * 1024;

// Of the first `most` characters; empty when they are no base64.
std::string decode_base64(std::string_view text, std::size_t most) {
  text = text.substr(0, std::min(most, text.size()) / 4 * 4);
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return bytes;
}

class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool starts_with(std::string_view text, std::size_t at = 0) const {
    return at <= bytes_.size() && bytes_.substr(at).starts_with(text);
  }
  // 0 beyond the end.
  [[nodiscard]] int byte(std::size_t at) const { return at < bytes_.size() ? static_cast<unsigned char>(bytes_[at]) : 0; }
  [[nodiscard]] int big16(std::size_t at) const { return byte(at) << 8 | byte(at + 1); }
  [[nodiscard]] int little16(std::size_t at) const { return byte(at) | byte(at + 1) << 8; }
  [[nodiscard]] int little24(std::size_t at) const { return little16(at) | byte(at + 2) << 16; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

// The frame header, behind segments of any number.
ImageSize jpeg_size(const Bytes& bytes) {
  std::size_t at = 2;
  while (at + 9 < bytes.size() && bytes.byte(at) == 0xff) {
    const int marker = bytes.byte(at + 1);
    const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) return {bytes.big16(at + 7), bytes.big16(at + 5)};
    at += 2 + static_cast<std::size_t>(std::max(2, bytes.big16(at + 2)));
  }
  return {};
}

ImageSize webp_size(const Bytes& bytes) {
  if (bytes.starts_with("VP8X", 12)) return {bytes.little24(24) + 1, bytes.little24(27) + 1};
  if (bytes.starts_with("VP8 ", 12)) return {bytes.little16(26) & 0x3fff, bytes.little16(28) & 0x3fff};
  if (bytes.starts_with("VP8L", 12)) {
    const int bits = bytes.little24(21) | bytes.byte(24) << 24;
    return {(bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1};
  }
  return {};
}

ImageSize size_in(const Bytes& bytes) {
  constexpr std::size_t kLongestHeader = 30;
  if (bytes.size() < kLongestHeader) return {};
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) {
    // Four bytes each; no image that fits a request has more than 16 bits of them.
    const bool sane = bytes.big16(16) == 0 && bytes.big16(20) == 0;
    return sane ? ImageSize{bytes.big16(18), bytes.big16(22)} : ImageSize{};
  }
  if (bytes.starts_with("GIF8")) return {bytes.little16(6), bytes.little16(8)};
  if (bytes.starts_with("\xff\xd8")) return jpeg_size(bytes);
  if (bytes.starts_with("RIFF") && bytes.starts_with("WEBP", 8)) return webp_size(bytes);
  return {};
}

std::int64_t patches(double width, double height, double factor) {
  const auto edge = [&](double length) { return std::ceil(std::max(1.0, std::floor(length * factor)) / kPatch); };
  return static_cast<std::int64_t>(edge(width) * edge(height));
}

// Scaled to fit the long edge, then as little further as brings it below the cap.
std::int64_t claude_image_tokens(const ImageSize& size, const TokenRules& rules) {
  const double long_edge = std::max(size.width, size.height);
  const double fit = std::min(1.0, rules.image_edge / long_edge);
  if (const std::int64_t tokens = patches(size.width, size.height, fit); tokens <= rules.image_tokens) return tokens;
  double low = 0;
  double high = fit;
  constexpr int kSteps = 50;
  for (int step = 0; step < kSteps; ++step) {
    const double middle = (low + high) / 2;
    (patches(size.width, size.height, middle) <= rules.image_tokens ? low : high) = middle;
  }
  return patches(size.width, size.height, low);
}

// OpenAI: fit into 2048 squared, the short edge to 768, then tiles.
std::int64_t openai_image_tokens(const ImageSize& size) {
  double width = size.width;
  double height = size.height;
  const double fit = std::min(1.0, 2048 / std::max(width, height));
  const double shrink = std::min(1.0, 768 / (std::min(width, height) * fit)) * fit;
  width *= shrink;
  height *= shrink;
  const auto tiles = static_cast<std::int64_t>(std::ceil(width / kTile) * std::ceil(height / kTile));
  return 85 + 170 * tiles;
}

}  // namespace

std::optional<ImageSize> image_size(std::string_view base64) {
  const std::string header = decode_base64(base64, kHeaderBase64);
  const ImageSize size = size_in(Bytes(header));
  if (size.width <= 0 || size.height <= 0) return std::nullopt;
  return size;
}

std::int64_t image_tokens(std::optional<ImageSize> size, const TokenRules& rules) {
  if (!rules.claude) return openai_image_tokens(size.value_or(ImageSize{2048, 2048}));
  return size ? claude_image_tokens(*size, rules) : rules.image_tokens;
}

std::int64_t pdf_tokens(std::string_view base64) {
  const std::string bytes = decode_base64(base64, kPdfBase64);
  std::int64_t pages = 0;
  for (const std::string_view mark : {"/Type /Page", "/Type/Page"}) {
    for (std::size_t at = bytes.find(mark); at != std::string::npos; at = bytes.find(mark, at + mark.size())) {
      // "/Type /Pages" is the list of them.
      if (at + mark.size() >= bytes.size() || bytes[at + mark.size()] != 's') ++pages;
    }
  }
  if (pages == 0) pages = static_cast<std::int64_t>(base64.size() / 4 * 3 / kBytesPerPdfPage) + 1;
  return pages * kTokensPerPdfPage;
}

}  // namespace balancer::gateway

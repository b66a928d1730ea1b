#include "gateway/dialect/token_count/image_tokens.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace balancer::gateway {
namespace {

// Where a JPEG's size stands depends on the metadata before it; other kinds have theirs at the front.
constexpr std::size_t kJpegHeader = 64 * 1024;
constexpr std::size_t kOtherHeader = 48;
constexpr std::size_t kPdfSearched = 3 * 1024 * 1024;
constexpr int kPatch = 28;
constexpr int kTile = 512;
constexpr std::int64_t kTextTokensPerPdfPage = 1500;
constexpr ImageSize kPdfPage{1211, 1568};
constexpr std::int64_t kTokensPerPdfPiece = 2000;
constexpr std::size_t kPdfPiece = 50 * 1024;

std::size_t decoded_size(std::string_view base64) { return base64.size() / 4 * 3; }

// The first `most` bytes; empty when that is no base64. Line breaks and slashes may be escaped, as in any JSON string.
std::string decode_base64(std::string_view raw, std::size_t most) {
  const std::size_t wanted = (most + 2) / 3 * 4;
  std::string text;
  text.reserve(std::min(wanted, raw.size()));
  while (!raw.empty() && text.size() < wanted) {
    const std::size_t plain = std::min(raw.find('\\'), raw.size());
    text += raw.substr(0, std::min(plain, wanted - text.size()));
    raw.remove_prefix(plain);
    if (raw.starts_with("\\/") && text.size() < wanted) text += '/';
    raw.remove_prefix(std::min<std::size_t>(2, raw.size()));
  }
  text.resize(text.size() / 4 * 4);
  std::string bytes(decoded_size(text), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  // The decoder writes a zero for each '=' at the end.
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(size > 0 ? static_cast<std::size_t>(size) - padding : 0);
  return bytes;
}

class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool starts_with(std::string_view text, std::size_t at = 0) const {
    return at <= bytes_.size() && bytes_.substr(at).starts_with(text);
  }
  // 0 beyond the end.
  [[nodiscard]] int byte(std::size_t at) const {
    return at < bytes_.size() ? static_cast<unsigned char>(bytes_[at]) : 0;
  }
  [[nodiscard]] int big16(std::size_t at) const { return byte(at) << 8 | byte(at + 1); }
  [[nodiscard]] int little16(std::size_t at) const { return byte(at) | byte(at + 1) << 8; }
  [[nodiscard]] int little24(std::size_t at) const { return little16(at) | byte(at + 2) << 16; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

// The frame header, behind segments of any number.
ImageSize jpeg_size(const Bytes& bytes) {
  constexpr int kFill = 0xff;
  constexpr int kScan = 0xda;
  std::size_t at = 2;
  while (at + 9 < bytes.size() && bytes.byte(at) == kFill) {
    const int marker = bytes.byte(at + 1);
    const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) return {bytes.big16(at + 7), bytes.big16(at + 5)};
    if (marker == kScan) return {};
    at += marker == kFill ? 1 : 2 + static_cast<std::size_t>(std::max(2, bytes.big16(at + 2)));
  }
  return {};
}

ImageSize png_size(const Bytes& bytes) {
  // Four bytes each; no image that fits a request has more than 16 bits of them.
  const bool sane = bytes.starts_with("IHDR", 12) && bytes.big16(16) == 0 && bytes.big16(20) == 0;
  return sane ? ImageSize{bytes.big16(18), bytes.big16(22)} : ImageSize{};
}

ImageSize webp_size(const Bytes& bytes) {
  constexpr std::size_t kLongestHeader = 30;
  if (bytes.size() < kLongestHeader) return {};
  if (bytes.starts_with("VP8X", 12)) return {bytes.little24(24) + 1, bytes.little24(27) + 1};
  if (bytes.starts_with("VP8 ", 12)) return {bytes.little16(26) & 0x3fff, bytes.little16(28) & 0x3fff};
  if (bytes.starts_with("VP8L", 12)) {
    const int height = (bytes.little24(22) >> 6 & 0x3fff) + 1;
    return {(bytes.little16(21) & 0x3fff) + 1, height};
  }
  return {};
}

ImageSize size_in(const Bytes& bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return png_size(bytes);
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

std::size_t count_of(std::string_view mark, std::string_view bytes) {
  std::size_t count = 0;
  for (std::size_t at = bytes.find(mark); at != std::string_view::npos; at = bytes.find(mark, at + mark.size())) {
    // "/Type /Pages" is the list of them.
    if (!bytes.substr(at + mark.size()).starts_with('s')) ++count;
  }
  return count;
}

}  // namespace

std::optional<ImageSize> image_size(std::string_view base64) {
  std::string header = decode_base64(base64, kOtherHeader);
  if (header.starts_with("\xff\xd8")) header = decode_base64(base64, kJpegHeader);
  const ImageSize size = size_in(Bytes(header));
  if (size.width <= 0 || size.height <= 0) return std::nullopt;
  return size;
}

std::int64_t image_tokens(std::optional<ImageSize> size, const TokenRules& rules) {
  if (!rules.claude) return openai_image_tokens(size.value_or(ImageSize{2048, 2048}));
  return size ? claude_image_tokens(*size, rules) : rules.image_tokens;
}

std::int64_t pdf_tokens(std::string_view base64, const TokenRules& rules) {
  const std::string bytes = decode_base64(base64, kPdfSearched);
  const std::size_t pages = count_of("/Type /Page", bytes) + count_of("/Type/Page", bytes);
  if (pages == 0) return static_cast<std::int64_t>(decoded_size(base64) / kPdfPiece + 1) * kTokensPerPdfPiece;
  // What was not searched has as many pages for its size.
  const std::size_t all_pages =
      bytes.size() < kPdfSearched ? pages : pages * std::max(decoded_size(base64), bytes.size()) / bytes.size();
  return static_cast<std::int64_t>(all_pages) * (kTextTokensPerPdfPage + image_tokens(kPdfPage, rules));
}

}  // namespace balancer::gateway

// What an image or a PDF in a request comes to (protocol.md section 6).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/dialect/token_count/model_generation.hpp"

namespace balancer::gateway {

struct ImageSize {
  int width = 0;
  int height = 0;
};

// From the header of a PNG, JPEG, GIF or WebP; nothing when there is none in its first 64 KiB. `base64` is the raw text
// of a JSON string, of any content.
[[nodiscard]] std::optional<ImageSize> image_size(std::string_view base64);

// An image of unknown size counts as the largest.
[[nodiscard]] std::int64_t image_tokens(std::optional<ImageSize> size, const TokenRules& rules);

// Every page as text and as an image. Where pages cannot be seen, by the size of the file.
[[nodiscard]] std::int64_t pdf_tokens(std::string_view base64, const TokenRules& rules);

}  // namespace balancer::gateway

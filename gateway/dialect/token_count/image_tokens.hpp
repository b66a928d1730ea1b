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

// From the header of a PNG, JPEG, GIF or WebP in base64; nothing when there is none in its first 64 KiB. The bytes come
// from the client.
[[nodiscard]] std::optional<ImageSize> image_size(std::string_view base64);

// An image of unknown size counts as the largest.
[[nodiscard]] std::int64_t image_tokens(std::optional<ImageSize> size, const TokenRules& rules);

// By its pages, or, where they cannot be seen, by its size.
[[nodiscard]] std::int64_t pdf_tokens(std::string_view base64);

}  // namespace balancer::gateway

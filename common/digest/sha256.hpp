// SHA-256, for comparing client keys and naming sessions without holding them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace balancer {

using Sha256Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256Digest sha256(std::string_view bytes);

// The digest's first `digits` hexadecimal digits, lower case; all 64 by default.
[[nodiscard]] std::string to_hex(const Sha256Digest& digest, std::size_t digits = 64);

// Takes the same time wherever the digests differ.
[[nodiscard]] bool constant_time_equal(const Sha256Digest& left, const Sha256Digest& right);

}  // namespace balancer

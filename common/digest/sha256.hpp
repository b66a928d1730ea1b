// SHA-256, for comparing client keys and naming sessions without holding them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace balancer {

using Sha256Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256Digest sha256(std::string_view bytes);

// Takes the same time wherever the digests differ.
[[nodiscard]] bool constant_time_equal(const Sha256Digest& left, const Sha256Digest& right);

}  // namespace balancer

// How a fuzz target says that a promise is broken.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace balancer::fuzz {

// Tells what is wrong and the bytes that show it, and ends the program: libFuzzer keeps the input.
[[noreturn]] inline void complain(std::string_view what, std::string_view bytes) {
  std::fprintf(stderr, "%.*s\n%.*s\n", static_cast<int>(what.size()), what.data(), static_cast<int>(bytes.size()),
               bytes.data());
  std::abort();
}

[[nodiscard]] inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace balancer::fuzz

#include "common/text/random_id.hpp"

#include <cstdint>
#include <random>

namespace balancer {

std::string make_random_id(std::string_view prefix) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr int kLettersPerDraw = 8;
  constexpr int kDraws = 3;
  thread_local std::mt19937_64 generator{std::random_device{}()};
  std::string id(prefix);
  for (int draw = 0; draw < kDraws; ++draw) {
    std::uint64_t bits = generator();
    for (int letter = 0; letter < kLettersPerDraw; ++letter) {
      id += kAlphabet[bits % kAlphabet.size()];
      bits /= kAlphabet.size();
    }
  }
  return id;
}

}  // namespace balancer

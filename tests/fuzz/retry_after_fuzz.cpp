// Whatever a provider's Retry-After says, it is nothing or a time between now and a week, and blanks around it do not count.
#include <chrono>
#include <string>

#include "common/upstream/retry_after.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using balancer::parse_retry_after;
using balancer::fuzz::complain;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

// A Thursday, 2025-11-20 10:00:00.
constexpr std::chrono::system_clock::time_point kNow{1'763'632'800s};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string value(balancer::fuzz::as_text(data, size));
  const auto delay = parse_retry_after(value, kNow);
  if (parse_retry_after(" \t" + value + "\t ", kNow) != delay) complain("blanks count", value);
  if (!delay) return 0;
  if (*delay < 0ms || *delay > 7 * 24h) complain("a delay out of bounds", value);
  if (value.find_first_of("0123456789") == std::string::npos) complain("a delay without a number", value);
  // The later it is asked, the shorter it is; seconds stay what they are.
  const auto later = parse_retry_after(value, kNow + 1h);
  if (later && *later > *delay) complain("a delay that grows", value);
  return 0;
}

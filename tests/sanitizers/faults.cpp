// Faults that the sanitizers must report, whatever they are told not to: sanitizer-faults race|overflow|leak
#include <cstdio>
#include <string_view>
#include <thread>
#include <vector>

namespace {

int g_shared = 0;

void race() {
  std::thread other([] { ++g_shared; });
  ++g_shared;
  other.join();
}

void overflow(std::vector<int>& numbers) { numbers.data()[numbers.size()] = 1; }

// Nothing is left on the stack that leads to it.
[[gnu::noinline]] void leak() { static_cast<void>(*new volatile int(1)); }

}  // namespace

int main(int argc, char** argv) {
  const std::string_view fault = argc == 2 ? argv[1] : "";
  if (fault == "race") {
    race();
  } else if (fault == "overflow") {
    std::vector<int> numbers(static_cast<std::size_t>(argc), 0);
    numbers.shrink_to_fit();
    overflow(numbers);
  } else if (fault == "leak") {
    for (int i = 0; i < 100; ++i) leak();
  } else {
    std::fprintf(stderr, "usage: %s race|overflow|leak\n", argv[0]);
    return 2;
  }
  return 0;
}

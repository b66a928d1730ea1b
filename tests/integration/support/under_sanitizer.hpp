// Whether the tests, and with them the programs under test, were built with a sanitizer.
#pragma once

namespace balancer::integration {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kUnderSanitizer = true;
#else
inline constexpr bool kUnderSanitizer = false;
#endif

// Whether a program's resident bytes say what it keeps: sanitizers keep what was freed, and memory of their own.
inline constexpr bool kMemoryTells = !kUnderSanitizer;

}  // namespace balancer::integration

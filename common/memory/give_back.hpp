// Free memory back to the system.
#pragma once

// mimalloc's, in programs that are linked with it (CMakeLists.txt, balancer_allocator); null in the others.
extern "C" void mi_collect(bool force) noexcept __attribute__((weak));

namespace balancer {

// What the calling thread has freed. mimalloc does it by itself only while the thread allocates: one that has nothing to do
// after a burst would keep the burst's memory.
inline void give_back_free_memory() {
  if (mi_collect != nullptr) mi_collect(true);
}

}  // namespace balancer

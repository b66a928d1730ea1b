// Room for bytes that arrive.
#pragma once

#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace balancer {

// Leaves elements that nobody gives a value as they are.
template <class T>
struct UninitializedAllocator : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = UninitializedAllocator<U>;
  };

  template <class U>
  void construct(U* place) noexcept {
    ::new (static_cast<void*>(place)) U;
  }
  template <class U, class... Arguments>
  void construct(U* place, Arguments&&... arguments) {
    std::construct_at(place, std::forward<Arguments>(arguments)...);
  }
};

// A vector whose new bytes are not zeroed: of a buffer that is never filled, the system gives no memory. What was not
// written must not be read.
using ByteBuffer = std::vector<char, UninitializedAllocator<char>>;

}  // namespace balancer

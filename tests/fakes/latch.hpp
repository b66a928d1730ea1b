// A gate that a test opens once and that stays open.
#pragma once

namespace balancer::fakes {

// A descriptor underneath, so that one poll can wait for it and for a socket. Safe to use from several threads.
class Latch {
 public:
  Latch();
  ~Latch();
  Latch(const Latch&) = delete;
  Latch& operator=(const Latch&) = delete;

  void release();
  // Readable for ever once released.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace balancer::fakes

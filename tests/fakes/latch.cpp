#include "tests/fakes/latch.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace balancer::fakes {

Latch::Latch() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Latch::~Latch() { ::close(descriptor_); }

void Latch::release() { ::eventfd_write(descriptor_, 1); }

}  // namespace balancer::fakes

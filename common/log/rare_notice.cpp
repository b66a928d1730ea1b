#include "common/log/rare_notice.hpp"

#include <utility>

namespace balancer::log {

std::optional<std::uint64_t> RareNotice::happened(TimePoint now) {
  const std::lock_guard lock(mutex_);
  ++untold_;
  if (told_ && now < *told_ + kInterval) return std::nullopt;
  told_ = now;
  return std::exchange(untold_, 0);
}

}  // namespace balancer::log

// A bounded number of places, each held by one thing that goes on: what comes beyond is turned away, not queued.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace balancer {

// Thread-safe and without locks. Takers that come at the same moment for the last place may all be turned away.
class Places {
 public:
  explicit Places(std::size_t count) : count_(count) {}
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;

  // Given back at its end; the places outlive it.
  class Place {
   public:
    Place(Place&& other) noexcept : places_(std::exchange(other.places_, nullptr)) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(places_, other.places_);
      return *this;
    }
    ~Place() {
      if (places_ != nullptr) places_->taken_.fetch_sub(1, std::memory_order_relaxed);
    }

   private:
    friend class Places;
    explicit Place(Places& places) : places_(&places) {}

    Places* places_;
  };

  // Nothing when all are taken.
  [[nodiscard]] std::optional<Place> take() {
    std::optional<Place> place{Place(*this)};
    if (taken_.fetch_add(1, std::memory_order_relaxed) >= count_) place.reset();
    return place;
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t taken() const { return taken_.load(std::memory_order_relaxed); }

 private:
  const std::size_t count_;
  std::atomic<std::size_t> taken_{0};
};

}  // namespace balancer

// The series of one metric as one thread counts them: written by that thread alone, read by any, and neither waits for
// the other. A metric's value is the sum over the threads' shards.
#pragma once

#include <array>
#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace balancer::gateway {

// Grows, or goes up and down. One thread writes.
class NumberCell {
 public:
  void add(double amount) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  [[nodiscard]] double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

// Label values must come from closed sets: a series stays for the life of the shard.
template <class Cell, std::size_t kLabels>
class SeriesShard {
 public:
  using Labels = std::array<std::string_view, kLabels>;

  SeriesShard() = default;
  ~SeriesShard() {
    for (const Node* node = first_.load(std::memory_order_relaxed); node != nullptr;) {
      const std::unique_ptr<const Node> owned(node);
      node = node->next;
    }
  }
  SeriesShard(const SeriesShard&) = delete;
  SeriesShard& operator=(const SeriesShard&) = delete;

  // The writing thread's.
  Cell& at(const Labels& labels) {
    const auto known = index_.find(labels);
    return known != index_.end() ? known->second->cell : add(labels);
  }

  // Any thread's. Calls visit(const std::array<std::string, kLabels>&, const Cell&) for each.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Node* node = first_.load(std::memory_order_acquire); node != nullptr; node = node->next) {
      visit(node->labels, node->cell);
    }
  }

 private:
  struct Node {
    std::array<std::string, kLabels> labels;
    Cell cell;
    // Fixed before the node is published.
    Node* next = nullptr;
  };
  // Of each label its length, its first and its last bytes: label sets are small and closed, and hashing all of their
  // text takes 150 instructions a look-up more, ten times a request.
  struct Hash {
    std::size_t operator()(const Labels& labels) const {
      std::uint64_t mixed = 0;
      for (const std::string_view label : labels) {
        mixed = (mixed ^ ends_of(label) ^ label.size()) * 0x9e3779b97f4a7c15u;
        mixed ^= mixed >> 32;
      }
      return static_cast<std::size_t>(mixed);
    }

    static std::uint64_t ends_of(std::string_view label) {
      std::uint64_t first = 0;
      std::uint64_t last = 0;
      if (label.size() >= sizeof first) {
        std::memcpy(&first, label.data(), sizeof first);
        std::memcpy(&last, label.data() + label.size() - sizeof last, sizeof last);
      } else {
        for (const char c : label) first = first << 8 | static_cast<unsigned char>(c);
      }
      return first * 31 + last;
    }
  };

  Cell& add(const Labels& labels) {
    auto node = std::make_unique<Node>();
    Labels own;
    for (std::size_t i = 0; i < kLabels; ++i) {
      node->labels[i] = labels[i];
      own[i] = node->labels[i];
    }
    node->next = first_.load(std::memory_order_relaxed);
    Node* const published = node.release();
    first_.store(published, std::memory_order_release);
    // Its keys are views of the node's own labels.
    index_.emplace(own, published);
    return published->cell;
  }

  std::atomic<Node*> first_{nullptr};
  boost::unordered_flat_map<Labels, Node*, Hash> index_;
};

}  // namespace balancer::gateway

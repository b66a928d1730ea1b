// A line that outlives the call that logged it.
#pragma once

#include <memory>
#include <vector>

#include "common/log/line_format.hpp"

namespace balancer::log {

// Holds copies of the phrase and of the fields; the program's name must outlive it.
class QueuedLine {
 public:
  explicit QueuedLine(const Line& line);
  QueuedLine(const QueuedLine&) = delete;
  QueuedLine& operator=(const QueuedLine&) = delete;

  // Valid as long as this.
  [[nodiscard]] const Line& line() const { return line_; }

 private:
  // Phrase, keys and text values, one behind the other: one allocation for all of them.
  std::unique_ptr<char[]> text_;
  std::vector<Field> fields_;
  Line line_;
};

}  // namespace balancer::log

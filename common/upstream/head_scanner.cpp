#include "common/upstream/head_scanner.hpp"

namespace balancer {
namespace {

constexpr std::string_view kVersionPrefix = "HTTP/1.";
constexpr std::string_view kLineEnd = "\r\n";

}  // namespace

HeadScan HeadScanner::scan(std::string_view bytes) {
  if (!bytes.starts_with(kVersionPrefix.substr(0, bytes.size()))) return HeadScan::kMalformed;
  for (;;) {
    const std::size_t line_feed = bytes.find('\n', scanned_);
    if (line_feed == std::string_view::npos) {
      scanned_ = bytes.size();
      return HeadScan::kIncomplete;
    }
    const std::string_view line = bytes.substr(line_start_, line_feed + 1 - line_start_);
    if (!line.ends_with(kLineEnd)) return HeadScan::kMalformed;
    if (line.front() == ' ' || line.front() == '\t') return HeadScan::kMalformed;
    line_start_ = scanned_ = line_feed + 1;
    if (line == kLineEnd) return HeadScan::kComplete;
  }
}

}  // namespace balancer

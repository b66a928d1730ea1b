// How lengths of time are printed.
#pragma once

#include <google/protobuf/duration.pb.h>

#include <string>

namespace balancer::controlplane::cli {

// What is left of a cooldown, rounded up to seconds: "23s", "2m58s", "1h05m00s".
[[nodiscard]] std::string remaining_text(const google::protobuf::Duration& duration);

// "840ms", "12.3s".
[[nodiscard]] std::string latency_text(const google::protobuf::Duration& duration);

[[nodiscard]] double seconds(const google::protobuf::Duration& duration);

}  // namespace balancer::controlplane::cli

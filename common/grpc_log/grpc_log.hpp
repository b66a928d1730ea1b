// What gRPC itself has to say, among our own lines: by default it writes to standard error in a form of its own.
#pragma once

namespace balancer::log {

// Both are for the whole process, and to be called before its first channel or server.

// After configure().
void take_grpc_lines();
// For a program without a log, which says itself what failed.
void drop_grpc_lines();

}  // namespace balancer::log

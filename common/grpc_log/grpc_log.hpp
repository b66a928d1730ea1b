// What gRPC itself has to say, among our own lines: by default it writes to standard error in a form of its own.
#pragma once

namespace balancer::log {

// For the whole process. To be called after configure(), before the first channel or server.
void take_grpc_lines();

}  // namespace balancer::log

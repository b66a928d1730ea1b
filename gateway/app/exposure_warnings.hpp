// Warnings of what a gateway's command line lays open to others.
#pragma once

#include "gateway/app/command_line.hpp"

namespace balancer::gateway {

// Logs one line for each. Silent where only this machine, or only who has a key, gets anything.
void warn_of_exposure(const GatewayCommandLine& command_line);

}  // namespace balancer::gateway

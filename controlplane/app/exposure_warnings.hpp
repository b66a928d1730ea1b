// Warnings of what a control plane's settings lay open to others.
#pragma once

#include "controlplane/app/control_plane_server.hpp"

namespace balancer::controlplane {

// Logs one line for each. Silent where only this machine gets anything.
void warn_of_exposure(const ControlPlaneServerSettings& settings);

}  // namespace balancer::controlplane

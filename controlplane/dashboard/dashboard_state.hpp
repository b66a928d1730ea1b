// All that the live page shows, as one JSON document. Never holds a credential.
//
// The page is written against it (page/app.js): who changes one changes the other.
#pragma once

#include <cstddef>
#include <string>

#include "common/time/clock.hpp"
#include "controlplane/domain/control_plane.hpp"

namespace balancer::controlplane {

// Requests that the page shows at once.
inline constexpr std::size_t kShownRequests = 50;

// As it is now. One line: fit to be the data of a server-sent event.
[[nodiscard]] std::string dashboard_state(const ControlPlane& control_plane, const Clock& clock);

}  // namespace balancer::controlplane

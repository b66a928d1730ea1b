// What can be said of a set-up before anything is asked.
#pragma once

#include "controlplane/cli/client/base_url.hpp"
#include "controlplane/cli/client/doctor.hpp"

namespace balancer::controlplane::cli {

[[nodiscard]] Check check_base_url(const BaseUrlReading& reading);
// Failed only for values that no HTTP header can carry.
[[nodiscard]] Check check_credentials(const DoctorSettings& settings);
[[nodiscard]] Check check_proxy(const DoctorSettings& settings, const BaseUrl& url);

}  // namespace balancer::controlplane::cli

// What the control plane's HTTP listener shows, and where it comes from.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace balancer::controlplane {

// A file of the live page, in the program itself.
struct SiteFile {
  // Behind "dashboard/"; empty for the page.
  std::string_view name;
  std::string_view content_type;
  std::string_view bytes;
};

// The functions are called on the server's thread.
struct ControlSite {
  // The text exposition format, as it is now.
  std::function<std::string()> metrics;
  // All that the live page shows, as JSON on one line, as it is now.
  std::function<std::string()> state;
  // Changes when the state has changed in more than its times.
  std::function<std::uint64_t()> revision;
  // Host names that a listener on this machine answers to beside its own.
  std::function<std::vector<std::string>()> allowed_hosts;
  std::vector<SiteFile> files;
  // The page's Content-Security-Policy.
  std::string_view security_policy;
};

}  // namespace balancer::controlplane

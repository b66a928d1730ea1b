// The live page and what it is made of, out of the program itself.
#pragma once

#include <span>
#include <string_view>

namespace balancer::controlplane {

struct PageFile {
  // Of its URL, behind the page's own: "app.js"; empty for the page.
  std::string_view name;
  std::string_view content_type;
  std::string_view bytes;
};

[[nodiscard]] std::span<const PageFile> page_files();

// All that the page may do: read what its own server says.
inline constexpr std::string_view kPageSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

}  // namespace balancer::controlplane

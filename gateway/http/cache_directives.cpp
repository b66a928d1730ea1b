#include "gateway/http/cache_directives.hpp"

#include <string_view>

#include "common/text/ascii.hpp"

namespace balancer::gateway {
namespace {

void read_line(std::string_view line, CacheDirectives& directives) {
  while (!line.empty()) {
    const std::size_t comma = line.find(',');
    const std::string_view directive = trim_blanks(line.substr(0, comma));
    if (ascii_iequal(directive, "no-cache") || ascii_iequal(directive, "max-age=0")) directives.no_cache = true;
    if (ascii_iequal(directive, "no-store")) directives.no_store = true;
    if (comma == std::string_view::npos) return;
    line.remove_prefix(comma + 1);
  }
}

}  // namespace

CacheDirectives read_cache_directives(std::span<const http::HeaderField> fields) {
  CacheDirectives directives;
  for (const http::HeaderField& field : fields) {
    if (ascii_iequal(field.name, "cache-control")) read_line(field.value, directives);
  }
  return directives;
}

}  // namespace balancer::gateway

// The verbs about answers that requests share.
#include <fmt/format.h>

#include "controlplane/cli/admin_client.hpp"
#include "controlplane/cli/cache_view.hpp"
#include "controlplane/cli/output.hpp"
#include "controlplane/cli/show.hpp"
#include "controlplane/cli/verbs.hpp"

namespace balancer::controlplane::cli {

int show_cache_stats(const Command& command) {
  return show(command, [](AdminClient& client) -> Result<Rendering> {
    const auto stats = client.cache_stats();
    if (!stats) return stats.error();
    return Rendering{.text = cache_text(*stats), .wide_text = {}, .json = cache_json(*stats), .names = {}};
  });
}

int flush_cache(const Command& command) {
  const auto flushed = AdminClient(command.server, command.tls).flush_cache();
  if (!flushed) return fail(flushed.error());
  const std::int64_t count = flushed->flushed_count();
  print({.text = fmt::format("{} stored {} forgotten\n", count, count == 1 ? "answer" : "answers"),
         .json = {{"flushed_count", count}}},
        command.format);
  return kExitDone;
}

}  // namespace balancer::controlplane::cli

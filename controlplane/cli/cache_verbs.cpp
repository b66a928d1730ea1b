// The verbs about answers that requests share.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "controlplane/cli/admin_client.hpp"
#include "controlplane/cli/cache_view.hpp"
#include "controlplane/cli/output.hpp"
#include "controlplane/cli/verbs.hpp"

namespace balancer::controlplane::cli {

int show_cache_stats(const Command& command) {
  const auto stats = AdminClient(command.server).cache_stats();
  if (!stats) return fail(stats.error());
  if (command.format == OutputFormat::kJson) {
    print_json(cache_json(*stats));
  } else {
    fmt::print("{}", cache_text(*stats));
  }
  return kExitDone;
}

int flush_cache(const Command& command) {
  const auto flushed = AdminClient(command.server).flush_cache();
  if (!flushed) return fail(flushed.error());
  if (command.format == OutputFormat::kJson) {
    print_json({{"flushed_count", flushed->flushed_count()}});
  } else {
    fmt::print("{} stored {} forgotten\n", flushed->flushed_count(), flushed->flushed_count() == 1 ? "answer" : "answers");
  }
  return kExitDone;
}

}  // namespace balancer::controlplane::cli

#include "controlplane/cli/terminal.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace balancer::controlplane::cli {
namespace {

constexpr std::string_view kGood = "\x1b[32m";
constexpr std::string_view kPoor = "\x1b[33m";
constexpr std::string_view kBad = "\x1b[31m";
constexpr std::string_view kFaint = "\x1b[2m";
constexpr std::string_view kEnd = "\x1b[0m";

// By how the text begins; the first one counts.
constexpr auto kColors = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"healthy (", kPoor}, {"healthy", kGood}, {"usable, but", kPoor}, {"usable", kGood}, {"ok", kGood},
    {"success", kGood}, {"yes", kGood}, {"in rotation", kGood}, {"running", kPoor}, {"cooling", kBad},
    {"cooldown", kPoor}, {"being probed", kPoor}, {"busy", kPoor}, {"draining", kPoor}, {"drained", kPoor},
    {"no", kBad}, {"refused", kBad}, {"failed", kBad}, {"disabled", kFaint}, {"another", kFaint},
    {"rate_limited", kBad}, {"transient", kBad}, {"timeout", kBad}, {"credentials_rejected", kBad},
    {"quota_exhausted", kBad}, {"model_missing", kBad}, {"too_large", kPoor}, {"request_fault", kPoor},
    {"client_gone", kFaint}, {"not_sent", kBad}, {"2", kGood}, {"4", kPoor}, {"5", kBad},
});

}  // namespace

bool stdout_is_terminal() { return isatty(STDOUT_FILENO) != 0; }

Coloring coloring_of_stdout() {
  const char* const wish = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  const bool wanted = wish == nullptr || *wish == '\0';
  return wanted && !dumb && stdout_is_terminal() ? Coloring::kColored : Coloring::kPlain;
}

std::string colored_state(std::string_view text, Coloring coloring) {
  if (coloring == Coloring::kPlain) return std::string(text);
  const auto color = std::find_if(kColors.begin(), kColors.end(),
                                  [&](const auto& known) { return text.starts_with(known.first); });
  if (color == kColors.end()) return std::string(text);
  std::string colored(color->second);
  colored += text;
  colored += kEnd;
  return colored;
}

}  // namespace balancer::controlplane::cli

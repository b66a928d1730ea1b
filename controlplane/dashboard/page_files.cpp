#include "controlplane/dashboard/page_files.hpp"

#include <array>

namespace balancer::controlplane {

// Embedded by the build.
namespace page {
extern const std::string_view kAppJs;
extern const std::string_view kChartJs;
extern const std::string_view kClockJs;
extern const std::string_view kDecisionsJs;
extern const std::string_view kDomJs;
extern const std::string_view kFeedJs;
extern const std::string_view kHeadlineJs;
extern const std::string_view kIconSvg;
extern const std::string_view kIndexHtml;
extern const std::string_view kInventoryJs;
extern const std::string_view kProvidersJs;
extern const std::string_view kStyleCss;
extern const std::string_view kTrafficJs;
extern const std::string_view kWordsJs;
}  // namespace page

namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kScript = "text/javascript; charset=utf-8";
constexpr std::string_view kStyle = "text/css; charset=utf-8";
constexpr std::string_view kPicture = "image/svg+xml";

}  // namespace

std::span<const PageFile> page_files() {
  static const auto kFiles = std::to_array<PageFile>({
      {"app.js", kScript, page::kAppJs},
      {"chart.js", kScript, page::kChartJs},
      {"clock.js", kScript, page::kClockJs},
      {"decisions.js", kScript, page::kDecisionsJs},
      {"dom.js", kScript, page::kDomJs},
      {"feed.js", kScript, page::kFeedJs},
      {"headline.js", kScript, page::kHeadlineJs},
      {"icon.svg", kPicture, page::kIconSvg},
      {"", kHtml, page::kIndexHtml},
      {"inventory.js", kScript, page::kInventoryJs},
      {"providers.js", kScript, page::kProvidersJs},
      {"style.css", kStyle, page::kStyleCss},
      {"traffic.js", kScript, page::kTrafficJs},
      {"words.js", kScript, page::kWordsJs},
  });
  return kFiles;
}

}  // namespace balancer::controlplane

#include "common/metrics/status_label.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace balancer::metrics {
namespace {

constexpr auto kStatuses = std::to_array<std::pair<int, std::string_view>>({
    {200, "200"}, {204, "204"}, {304, "304"}, {400, "400"}, {401, "401"}, {402, "402"}, {403, "403"}, {404, "404"},
    {405, "405"}, {408, "408"}, {409, "409"}, {411, "411"}, {413, "413"}, {415, "415"}, {421, "421"}, {422, "422"},
    {429, "429"}, {431, "431"}, {499, "499"}, {500, "500"}, {501, "501"}, {502, "502"}, {503, "503"}, {504, "504"},
    {505, "505"}, {508, "508"}, {529, "529"},
});
constexpr std::array<std::string_view, 6> kClasses{"other", "1xx", "2xx", "3xx", "4xx", "5xx"};

}  // namespace

std::string_view status_label(int status) {
  const auto known = std::find_if(kStatuses.begin(), kStatuses.end(), [&](const auto& s) { return s.first == status; });
  if (known != kStatuses.end()) return known->second;
  const int status_class = status / 100;
  return status_class >= 1 && status_class <= 5 ? kClasses[static_cast<std::size_t>(status_class)] : "other";
}

}  // namespace balancer::metrics

#include "deploy/demo_provider/demo_models.hpp"

#include <nlohmann/json.hpp>

#include "deploy/demo_provider/json_text.hpp"

namespace balancer::demo {

std::string demo_models() {
  using Json = nlohmann::ordered_json;
  constexpr std::string_view kId = "claude-demo";
  const Json model = {{"type", "model"},
                      {"object", "model"},
                      {"id", kId},
                      {"display_name", "Demo provider"},
                      {"created_at", "1970-01-01T00:00:00Z"},
                      {"created", 0},
                      {"owned_by", "demo"}};
  return to_text(Json{{"object", "list"},
                      {"data", Json::array({model})},
                      {"has_more", false},
                      {"first_id", kId},
                      {"last_id", kId}});
}

}  // namespace balancer::demo

// The form of the page's JSON, which the page is written against.
#include <nlohmann/json.hpp>

#include "controlplane/dashboard/dashboard_state.hpp"
#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using nlohmann::json;

// Every member of `form` with the type that it has there; one that may be null is a list with its other form.
void expect_form(const json& value, const json& form, const std::string& path) {
  if (form.is_object()) {
    ASSERT_TRUE(value.is_object()) << path;
    for (const auto& [key, member] : form.items()) {
      ASSERT_TRUE(value.contains(key)) << path << '.' << key;
      expect_form(value[key], member, path + '.' + key);
    }
  } else if (form.is_array()) {
    if (!value.is_null()) expect_form(value, form[0], path);
  } else if (form.is_number()) {
    EXPECT_TRUE(value.is_number()) << path;
  } else {
    EXPECT_EQ(value.type_name(), std::string(form.type_name())) << path;
  }
}

class DashboardFormTest : public ControlPlaneFixture {
 protected:
  json state() const { return json::parse(dashboard_state(*control_plane_, clock_)); }
  void decide(std::string_view id) {
    DecisionQuery asked = query();
    asked.request_id = id;
    static_cast<void>(control_plane_->decide(asked, ledger_));
  }
};

TEST_F(DashboardFormTest, HasAllThatThePageShows) {
  serve(sample_config({"a", "b"}));
  decide("r1");
  control_plane_->gateways().connect({.id = "g1", .version = "1.0", .host_name = "pod-7"}, clock_.wall_now());

  const json form = json::parse(R"({
    "version": "", "time": "", "start_time": "",
    "config": {"snapshot_version": 1, "load_time": "", "strategy": "", "route_count": 1,
               "last_reload": {"time": "", "successful": true}},
    "traffic": {"requests_per_second": 1, "errors_per_second": 1, "input_tokens_per_second": 1,
                "output_tokens_per_second": 1, "step_seconds": 1},
    "cache": {"enabled": true, "entries": 1, "bytes": 1, "hits": 1, "misses": 1, "joins": 1, "saved_input_tokens": 1,
              "saved_output_tokens": 1}})");
  expect_form(state(), form, "state");
  const json provider = json::parse(R"({
    "name": "", "type": "", "base_url": "", "state": "", "remaining_cooldown_seconds": [1], "failure_count": 1,
    "last_error": "", "last_failure_time": [""], "in_flight": 1, "max_in_flight": [1], "latency_seconds": [1]})");
  const json providers = state()["providers"];
  for (const json& shown : providers) expect_form(shown, provider, "provider");
  const json gateway = json::parse(R"({
    "id": "", "version": "", "host": "", "address": "", "snapshot_version": 1, "up_to_date": true,
    "rejection_reason": "", "open_requests": 1, "draining": true, "connected_time": ""})");
  ASSERT_EQ(state()["gateways"].size(), 1u);
  expect_form(state()["gateways"][0], gateway, "gateway");
  for (const char* const column : {"requests", "errors", "input_tokens", "output_tokens"}) {
    EXPECT_EQ(state()["traffic"][column].size(), 60u) << column;
  }
  EXPECT_EQ(state()["providers"].size(), 2u);
  EXPECT_EQ(state()["providers"][0]["latency_history"].size(), 60u);
  EXPECT_EQ(state()["requests"].size(), 1u);
}

}  // namespace
}  // namespace balancer::controlplane

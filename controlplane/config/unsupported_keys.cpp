#include "controlplane/config/unsupported_keys.hpp"

namespace balancer::controlplane {

void ignore_unsupported_provider_keys(YamlMap& provider) {
  provider.ignore("streaming_mode", "is ignored: answers are always streamed as they arrive");
  provider.ignore("priority", "is ignored: priorities belong to the entries of model_routes");
  provider.ignore("account_email", "is ignored: signing in with OAuth is not supported");
  provider.ignore("billing_model", "is ignored: it is not supported");
  for (const char* const key : {"big_model", "small_model"}) {
    provider.ignore(key, "is ignored: say in model_routes which model a provider serves");
  }
}

void ignore_unsupported_target_keys(YamlMap& target) {
  target.ignore("account_email", "is ignored: signing in with OAuth is not supported");
  target.ignore("billing_model", "is ignored: it is not supported");
  target.ignore("session_mode", "is ignored: it is not supported");
}

void ignore_unsupported_timeout_keys(YamlMap& timeouts_of_one_kind) {
  timeouts_of_one_kind.ignore("pool_timeout", "is ignored: a request never waits for a free connection");
  timeouts_of_one_kind.ignore(
      "chunk_timeout", "is ignored: models fall silent for longer while they think; set timeouts.idle for a limit");
  timeouts_of_one_kind.ignore(
      "first_chunk_timeout", "is ignored: models think for longer before they answer; set first_byte for a limit");
  timeouts_of_one_kind.ignore("processing_timeout", "is ignored: there is no such wait here");
}

void ignore_unsupported_settings(YamlMap& settings) {
  settings.ignore("reload_includes", "is ignored: this configuration file, and nothing else, is watched");
  settings.ignore("client_disconnect_watchdog", "is ignored: a client that leaves is noticed at once");
  settings.ignore("oauth", "is ignored: signing in with OAuth is not supported; use API keys or auth_value passthrough");
  settings.ignore("testing", "is ignored: the balancer has no test switches");
  settings.ignore("enable_detailed_request_logging", "is ignored: requests are never logged in full");
  settings.ignore({"request_timeout", "streaming_timeout", "streaming_activity_timeout"},
                  "is ignored: see timeouts and timeout_seconds");
  settings.ignore({"monitoring", "experimental"}, "is ignored: it is not supported");
  settings.ignore("failover_error_types",
                  "is ignored: every failure that another provider could mend goes to the next one");
}

}  // namespace balancer::controlplane

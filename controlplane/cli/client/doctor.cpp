#include "controlplane/cli/client/doctor.hpp"

#include "controlplane/cli/client/gateway_checks.hpp"
#include "controlplane/cli/client/model_choice.hpp"
#include "controlplane/cli/client/setup_checks.hpp"

namespace balancer::controlplane::cli {
namespace {

std::string value_of(const Environment& environment, std::string_view name) {
  return environment(name).value_or(std::string());
}

class Examination {
 public:
  explicit Examination(const DoctorSettings& settings) : settings_(settings) {}

  DoctorReport report() {
    const BaseUrlReading reading = read_base_url(settings_.base_url);
    report_.base_url = reading.shown;
    add(check_base_url(reading));
    const bool sendable = add(check_credentials(settings_)).verdict != CheckVerdict::kFailed;
    if (!reading.faults.empty()) {
      skip_requests("the base URL is wrong");
    } else if (!sendable) {
      skip_requests("a credential cannot be sent");
    } else {
      add(check_proxy(settings_, *reading.url));
      ask(GatewayChecks(settings_, *reading.url));
    }
    return std::move(report_);
  }

 private:
  const Check& add(Check check) { return report_.checks.emplace_back(std::move(check)); }

  void skip(std::initializer_list<const char*> names, const std::string& why) {
    for (const char* const name : names) add({name, CheckVerdict::kSkipped, why, {}, {}});
  }
  void skip_requests(const std::string& why) {
    skip({"connection", "model list", "token count", "message", "stream"}, why);
  }

  void ask(const GatewayChecks& checks) {
    if (add(checks.check_connection()).verdict == CheckVerdict::kFailed) {
      return skip({"model list", "token count", "message", "stream"}, "nobody answers");
    }
    ModelListing listing = checks.check_models();
    add(std::move(listing.check));
    if (listing.refused) return skip({"token count", "message", "stream"}, "the key is refused");
    const std::string model = choose_model(settings_.model, listing.models);
    if (model.empty()) {
      return skip({"token count", "message", "stream"}, "no model to ask for: name one with --model or ANTHROPIC_MODEL");
    }
    add(checks.check_token_count(model));
    if (settings_.offline) return skip({"message", "stream"}, "offline: it would cost tokens");
    if (add(checks.check_message(model)).verdict == CheckVerdict::kFailed) {
      return skip({"stream"}, "there is no message");
    }
    for (Check& check : checks.check_stream(model)) add(std::move(check));
  }

  const DoctorSettings& settings_;
  DoctorReport report_;
};

}  // namespace

DoctorSettings doctor_settings(const Environment& environment) {
  DoctorSettings settings;
  if (std::string url = value_of(environment, "ANTHROPIC_BASE_URL"); !url.empty()) settings.base_url = std::move(url);
  settings.api_key = Secret(value_of(environment, "ANTHROPIC_API_KEY"));
  settings.auth_token = Secret(value_of(environment, "ANTHROPIC_AUTH_TOKEN"));
  settings.model = value_of(environment, "ANTHROPIC_MODEL");
  settings.ca_file = value_of(environment, "NODE_EXTRA_CA_CERTS");
  settings.environment = environment;
  return settings;
}

DoctorReport examine(const DoctorSettings& settings) { return Examination(settings).report(); }

}  // namespace balancer::controlplane::cli

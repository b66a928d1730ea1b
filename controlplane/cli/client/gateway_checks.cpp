#include "controlplane/cli/client/gateway_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "common/text/random_id.hpp"
#include "controlplane/cli/client/answer_diagnosis.hpp"
#include "controlplane/cli/client/model_choice.hpp"
#include "controlplane/cli/client/stream_judgement.hpp"

namespace balancer::controlplane::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr Milliseconds kConnectLimit{5'000};
constexpr Milliseconds kGreetingLimit{5'000};
// As long as Claude Code waits for a list.
constexpr Milliseconds kModelsLimit{3'000};
// Claude Code waits for a count before it reads a file.
constexpr Milliseconds kTokenCountLimit{10'000};

std::string random_uuid() {
  std::random_device dice;
  const auto word = [&] { return dice() & 0xFFFF; };
  return fmt::format("{:04x}{:04x}-{:04x}-4{:03x}-8{:03x}-{:04x}{:04x}{:04x}", word(), word(), word(), word() & 0xFFF,
                     word() & 0xFFF, word(), word(), word());
}

HeaderLines client_headers(const DoctorSettings& settings, const std::string& session) {
  HeaderLines headers{{"Accept", "application/json"},
                      {"User-Agent", "balancerctl/" BALANCER_VERSION " (doctor)"},
                      {"anthropic-version", "2023-06-01"},
                      {"anthropic-beta", "claude-code-20250219"},
                      {"x-app", "cli"},
                      {"X-Claude-Code-Session-Id", session}};
  if (!settings.api_key.empty()) headers.emplace_back("x-api-key", settings.api_key.reveal());
  if (!settings.auth_token.empty()) headers.emplace_back("Authorization", "Bearer " + settings.auth_token.reveal());
  return headers;
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json question(const std::string& model, const std::string& text) {
  return {{"model", model}, {"messages", Json::array({{{"role", "user"}, {"content", text}}})}};
}

std::string by_provider(const ProbeAnswer& answer, const DoctorSettings& settings) {
  const std::string_view provider = answer.header("x-provider-used");
  return provider.empty() ? std::string() : ", by provider " + quotable(provider, settings);
}

Check not_as_expected(std::string name, const ProbeAnswer& answer, const std::string& what,
                      const DoctorSettings& settings) {
  return {std::move(name), CheckVerdict::kFailed,
          fmt::format("200, but {}: {}", what, answer.body.empty() ? "an empty body" : quotable(answer.body, settings)),
          "something else answers there: does the base URL lead to the gateway?", answer.ended_at};
}

}  // namespace

GatewayChecks::GatewayChecks(const DoctorSettings& settings, const BaseUrl& server)
    : settings_(settings), probe_(server, settings.ca_file), session_(random_uuid()) {}

Check GatewayChecks::check_connection() const {
  const ProbeAnswer answer = probe_.ask({.method = "HEAD", .path = "/", .headers = {}, .body = {}},
                                        {kConnectLimit, std::min(kGreetingLimit, settings_.timeout)});
  if (answer.status == 0) return *diagnose("connection", answer, settings_);
  Check check{.name = "connection", .took = answer.ended_at};
  check.seen = fmt::format("connected in {} ms, HEAD / answers {}", answer.connected_at.count(), answer.status);
  if (answer.status >= 500) {
    check.verdict = CheckVerdict::kWarning;
    check.advice = "is that the gateway, and is it ready? A proxy answers so when it finds nobody behind itself";
  }
  return check;
}

ModelListing GatewayChecks::check_models() const {
  constexpr const char* kName = "model list";
  const ProbeAnswer answer = ask("GET", "/v1/models?limit=1000", "", kModelsLimit);
  if (auto check = diagnose(kName, answer, settings_)) {
    // There is no model that could be missing.
    if (answer.status == 404) check->advice = kWrongPathAdvice;
    return {std::move(*check), {}, answer.status == 401};
  }
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (!json.is_object() || !json.contains("data") || !json["data"].is_array()) {
    return {not_as_expected(kName, answer, "no list of models", settings_), {}, false};
  }

  ModelListing listing{{.name = kName, .took = answer.ended_at}, listed_models(answer.body), false};
  const auto usable = std::count_if(listing.models.begin(), listing.models.end(),
                                    [](const std::string& model) { return is_discoverable(model); });
  listing.check.seen = fmt::format("{} listed, {} of them with claude or anthropic in the name",
                                   listing.models.size(), usable);
  if (usable == 0) {
    listing.check.verdict = CheckVerdict::kWarning;
    listing.check.advice = "Claude Code offers its users no other names: give the gateway routes that have one";
  }
  return listing;
}

Check GatewayChecks::check_token_count(const std::string& model) const {
  constexpr const char* kName = "token count";
  const ProbeAnswer answer = ask("POST", "/v1/messages/count_tokens?beta=true", dump(question(model, "How many?")),
                                 kTokenCountLimit);
  if (auto check = diagnose(kName, answer, settings_)) {
    check->advice += " (without counts Claude Code cuts the files that it reads)";
    return std::move(*check);
  }
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (!json.is_object() || !json.contains("input_tokens") || !json["input_tokens"].is_number()) {
    return not_as_expected(kName, answer, "no count of tokens", settings_);
  }
  return {kName, CheckVerdict::kOk, fmt::format("{} tokens", json["input_tokens"].dump()), {}, answer.ended_at};
}

Check GatewayChecks::check_message(const std::string& model) const {
  constexpr const char* kName = "message";
  Json body = question(model, "Say hello. " + make_random_id("doctor_"));
  body["max_tokens"] = 1;
  const ProbeAnswer answer = ask("POST", "/v1/messages?beta=true", dump(body), settings_.timeout);
  if (auto check = diagnose(kName, answer, settings_)) return std::move(*check);
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  const bool is_message = json.is_object() && json.value("type", nlohmann::json()) == "message" &&
                          json.contains("content") && json["content"].is_array();
  if (!is_message) return not_as_expected(kName, answer, "no message", settings_);
  return {kName, CheckVerdict::kOk, quotable(model, settings_) + " answers" + by_provider(answer, settings_), {},
          answer.ended_at};
}

std::vector<Check> GatewayChecks::check_stream(const std::string& model) const {
  Json body = question(model, "Count from one to forty in words. " + make_random_id("doctor_"));
  body["max_tokens"] = 128;
  body["stream"] = true;
  const ProbeAnswer answer = ask("POST", "/v1/messages?beta=true", dump(body), settings_.timeout);
  if (auto check = diagnose("stream", answer, settings_)) return {std::move(*check)};
  Check stream = judge_stream(answer, settings_);
  if (stream.verdict == CheckVerdict::kFailed) return {std::move(stream)};
  return {std::move(stream), judge_pace(answer)};
}

ProbeAnswer GatewayChecks::ask(std::string method, std::string path, std::string body, Milliseconds limit) const {
  HeaderLines headers = client_headers(settings_, session_);
  if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
  return probe_.ask({std::move(method), std::move(path), std::move(headers), std::move(body)},
                    {kConnectLimit, std::min(limit, settings_.timeout)});
}

}  // namespace balancer::controlplane::cli

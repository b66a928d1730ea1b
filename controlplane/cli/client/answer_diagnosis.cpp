#include "controlplane/cli/client/answer_diagnosis.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "controlplane/cli/printable_text.hpp"

namespace balancer::controlplane::cli {
namespace {

constexpr std::size_t kQuoteLimit = 200;

void hide(std::string& text, const std::string& secret) {
  if (secret.empty()) return;
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) {
    text.replace(at, secret.size(), "***");
  }
}

struct Finding {
  std::string seen;
  std::string advice;
};

Finding of_failure(const ProbeFailure& failure, const ProbeAnswer& answer, const DoctorSettings& settings) {
  const std::string reason = quotable(failure.reason, settings);
  switch (failure.stage) {
    case ProbeStage::kNameLookup:
      return {"the host's name has no address: " + reason, "check the name, and the DNS that answers for it"};
    case ProbeStage::kConnect:
      if (failure.timed_out) return {"no connection: " + reason, "a firewall is in between, or the address is wrong"};
      return {"no connection: " + reason, "is the gateway running, and is this its port?"};
    case ProbeStage::kTls:
      return {"no TLS: " + reason,
              "a private authority's certificate goes into NODE_EXTRA_CA_CERTS=FILE; a server without TLS wants http://"};
    case ProbeStage::kRequest: return {"the request could not be sent: " + reason, "look into the gateway's log"};
    case ProbeStage::kHead:
      if (failure.timed_out) {
        return {"connected, but no answer: " + reason, "the server hangs: look into the log of what listens there"};
      }
      return {"connected, but no HTTP answer: " + reason,
              "something else listens there, or it wants https:// instead of http://"};
    case ProbeStage::kBody:
      return {fmt::format("the answer ({}) broke off after {} bytes: {}", answer.status, answer.body.size(), reason),
              "look into the log of the gateway, and of any proxy before it"};
  }
  return {};
}

Finding of_refused_key(const std::string& message, const DoctorSettings& settings) {
  const bool has_key = !settings.api_key.empty();
  const bool has_token = !settings.auth_token.empty();
  if (!has_key && !has_token) {
    return {"401, a key is wanted: " + message, "set ANTHROPIC_AUTH_TOKEN to one of the gateway's keys"};
  }
  const std::string advice = "the path is right, the key is wrong: compare it with the gateway's keys";
  if (has_key && has_token) {
    return {"401, neither key is accepted: " + message, advice + ", and set only ANTHROPIC_AUTH_TOKEN"};
  }
  return {fmt::format("401, the key in {} is refused: {}", has_key ? "ANTHROPIC_API_KEY" : "ANTHROPIC_AUTH_TOKEN",
                      message),
          advice};
}

Finding of_status(const ProbeAnswer& answer, const DoctorSettings& settings) {
  const int status = answer.status;
  const auto envelope = error_message(answer.body);
  const std::string message = quotable(envelope ? *envelope : answer.body, settings);
  const std::string said = fmt::format("{}: {}", status, message.empty() ? "without a word" : message);
  if (status >= 300 && status < 400) {
    return {fmt::format("{}, a redirect to {}", status, quotable(answer.header("location"), settings)),
            "Claude Code does not follow it: let ANTHROPIC_BASE_URL be where the gateway really is"};
  }
  if (status == 401) return of_refused_key(message, settings);
  if (status == 403) return {said, "the key may not do this, or a firewall in between refuses it"};
  if (status == 404 && !envelope) return {"404, and not in the form of Anthropic's API: " + message, kWrongPathAdvice};
  if (status == 404) return {said, "is the model one that the gateway routes (balancerctl get routes), and the path right?"};
  if (status == 429) return {said, "the limit is the gateway's or the provider's: balancerctl get providers"};
  if (status >= 500) return {said, "no provider could answer: balancerctl get providers"};
  return {said, "the gateway or its provider refuses what Claude Code sends: look into the gateway's log"};
}

}  // namespace

std::string quotable(std::string_view text, const DoctorSettings& settings) {
  std::string quote(text);
  hide(quote, settings.api_key.reveal());
  hide(quote, settings.auth_token.reveal());
  quote = printable(quote);
  if (quote.size() <= kQuoteLimit) return quote;
  std::size_t end = kQuoteLimit;
  while (end > 0 && (static_cast<unsigned char>(quote[end]) & 0xC0) == 0x80) --end;
  return quote.substr(0, end) + " ...";
}

std::optional<std::string> error_message(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || json.value("type", nlohmann::json()) != "error") return std::nullopt;
  const auto error = json.find("error");
  if (error == json.end() || !error->is_object()) return std::nullopt;
  const auto message = error->find("message");
  if (message == error->end() || !message->is_string()) return std::nullopt;
  return message->get<std::string>();
}

std::optional<Check> diagnose(std::string name, const ProbeAnswer& answer, const DoctorSettings& settings) {
  if (!answer.failure && answer.status == 200) return std::nullopt;
  // A bad status says more than that its body broke off.
  const bool has_status = answer.status != 0 && answer.status != 200;
  Finding finding = has_status ? of_status(answer, settings) : of_failure(*answer.failure, answer, settings);
  return Check{std::move(name), CheckVerdict::kFailed, std::move(finding.seen), std::move(finding.advice),
               answer.ended_at};
}

}  // namespace balancer::controlplane::cli

#include "tests/integration/reliability/conversation.hpp"

#include <utility>

namespace balancer::integration {
namespace {

std::string behind_comma(const std::string& members) { return members.empty() ? "" : ", " + members; }

}  // namespace

StackOptions gateways(std::size_t count) {
  StackOptions options;
  options.gateways = count;
  return options;
}

StackOptions gateway_flags(std::vector<std::string> arguments) {
  StackOptions options;
  options.gateway_arguments = std::move(arguments);
  return options;
}

std::string key_of(std::string_view provider_name) { return "sk-secret-of-" + std::string(provider_name); }

std::string config_for(const std::vector<NamedProvider>& providers, std::string_view settings) {
  std::string text = "providers:\n";
  for (const NamedProvider& provider : providers) {
    text += "  - {name: " + provider.name + ", type: anthropic, base_url: \"" + provider.base_url + "\", ";
    text += "auth_value: " + key_of(provider.name) + behind_comma(provider.members) + "}\n";
  }
  text += "model_routes:\n  \"*\":\n";
  for (const NamedProvider& provider : providers) {
    text += "    - {provider: " + provider.name + ", model: passthrough" + behind_comma(provider.target_members) + "}\n";
  }
  return text + "settings: {" + std::string(settings) + "}\n";
}

std::string message_request(AnswerForm form, std::string_view model, std::string_view text) {
  return R"({"model":")" + std::string(model) + R"(","max_tokens":16,)" +
         (form == AnswerForm::kStream ? R"("stream":true,)" : "") + R"("messages":[{"role":"user","content":")" +
         std::string(text) + R"("}]})";
}

fakes::HttpResponse ask(const fakes::HttpClient& client, AnswerForm form, std::string_view model,
                        std::string_view text) {
  return client.post("/v1/messages", message_request(form, model, text));
}

fakes::HttpResponse ask_in_session(const fakes::HttpClient& client, std::string_view session,
                                   const fakes::HeaderFields& more_headers) {
  fakes::HeaderFields headers = more_headers;
  headers.append("x-claude-code-session-id", std::string(session));
  return client.post("/v1/messages", message_request(AnswerForm::kDocument), headers);
}

fakes::ScriptedResponse answer(AnswerForm form, std::string_view text) {
  return form == AnswerForm::kStream ? fakes::sse_stream({std::string(text)}) : fakes::json_message(text);
}

fakes::FakeProvider::Responder answers(std::string text) {
  return [text = std::move(text)](const fakes::RecordedRequest& request) {
    const bool stream = request.body.find(R"("stream":true)") != std::string::npos;
    return answer(stream ? AnswerForm::kStream : AnswerForm::kDocument, text);
  };
}

std::string text_of(const fakes::HttpResponse& response) {
  const bool stream = response.headers.value("content-type").value_or("").starts_with("text/event-stream");
  return stream ? response.streamed_text() : response.json().at("content").at(0).at("text").get<std::string>();
}

std::string provider_of(const fakes::HttpResponse& response) {
  return response.headers.value("x-provider-used").value_or("");
}

std::string attempts_of(const fakes::HttpResponse& response) {
  return response.headers.value("x-balancer-attempts").value_or("");
}

std::string message_of(const fakes::HttpResponse& response) {
  return response.json().at("error").at("message").get<std::string>();
}

nlohmann::json listed_provider(const fakes::HttpClient& client, std::string_view name) {
  const nlohmann::json listing = client.get("/providers").json();
  for (const nlohmann::json& provider : listing.at("providers")) {
    if (provider.at("name") == name) return provider;
  }
  return nullptr;
}

}  // namespace balancer::integration

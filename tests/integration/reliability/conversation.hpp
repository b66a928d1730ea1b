// What the reliability tests say to the product and hear from it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/http_client.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {

enum class AnswerForm { kDocument, kStream };

struct NamedProvider {
  std::string name;
  std::string base_url;
  // Further members of the provider, and of its entry in the route, in YAML's flow style.
  std::string members{};
  std::string target_members{};
};

// A SplitStack with so many gateways; any stack whose gateways have these arguments.
[[nodiscard]] StackOptions gateways(std::size_t count);
[[nodiscard]] StackOptions gateway_flags(std::vector<std::string> arguments);

// Every model goes to these anthropic providers, the first one first. `settings` is the inside of a YAML { }.
[[nodiscard]] std::string config_for(const std::vector<NamedProvider>& providers, std::string_view settings = "");
// What config_for() gives a provider as its credential.
[[nodiscard]] std::string key_of(std::string_view provider_name);

// Requests that differ in their text do not share an answer.
[[nodiscard]] std::string message_request(AnswerForm form, std::string_view model = "claude-test",
                                          std::string_view text = "hello");
fakes::HttpResponse ask(const fakes::HttpClient& client, AnswerForm form = AnswerForm::kDocument,
                        std::string_view model = "claude-test", std::string_view text = "hello");
// As Claude Code asks within a session.
fakes::HttpResponse ask_in_session(const fakes::HttpClient& client, std::string_view session,
                                   const fakes::HeaderFields& more_headers = {});

// A provider's proper answer.
[[nodiscard]] fakes::ScriptedResponse answer(AnswerForm form, std::string_view text);
// The same, in the form that the request asks for.
[[nodiscard]] fakes::FakeProvider::Responder answers(std::string text);

// The text of a message, in either form.
[[nodiscard]] std::string text_of(const fakes::HttpResponse& response);
// The name in x-provider-used; empty when there is none.
[[nodiscard]] std::string provider_of(const fakes::HttpResponse& response);
[[nodiscard]] std::string attempts_of(const fakes::HttpResponse& response);
// `error.message` of an error answer.
[[nodiscard]] std::string message_of(const fakes::HttpResponse& response);

// What GET /providers says about one provider; null when it says nothing.
[[nodiscard]] nlohmann::json listed_provider(const fakes::HttpClient& client, std::string_view name);

}  // namespace balancer::integration

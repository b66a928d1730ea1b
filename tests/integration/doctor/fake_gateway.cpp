#include "tests/integration/doctor/fake_gateway.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace balancer::integration {
namespace {

using fakes::ScriptedResponse;

constexpr std::chrono::milliseconds kBetweenPieces{25};

std::vector<std::string> words(std::size_t count) { return std::vector<std::string>(count, "word "); }

ScriptedResponse json_answer(const std::string& body) {
  return ScriptedResponse().header("content-type", "application/json").send(body);
}

}  // namespace

Endpoint endpoint_of(const fakes::RecordedRequest& request) {
  if (request.target.starts_with("/v1/models")) return Endpoint::kModels;
  if (request.target.starts_with("/v1/messages/count_tokens")) return Endpoint::kTokenCount;
  if (!request.target.starts_with("/v1/messages")) return Endpoint::kGreeting;
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  return body.is_object() && body.value("stream", false) ? Endpoint::kStream : Endpoint::kMessage;
}

ScriptedResponse slow_stream(std::size_t pieces) {
  ScriptedResponse script = fakes::sse_bytes({});
  for (const std::string& event : fakes::message_events(words(pieces))) script.send(event).pause(kBetweenPieces);
  return script;
}

ScriptedResponse buffered_stream(std::size_t pieces) {
  std::string whole;
  for (const std::string& event : fakes::message_events(words(pieces))) whole += event;
  ScriptedResponse script = fakes::sse_bytes({});
  return script.pause(std::chrono::milliseconds(400)).send(whole);
}

ScriptedResponse good_answer(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kGreeting: return ScriptedResponse();
    case Endpoint::kModels: return json_answer(R"({"data":[{"type":"model","id":"claude-haiku-test"}],"has_more":false})");
    case Endpoint::kTokenCount: return json_answer(R"({"input_tokens":9})");
    case Endpoint::kMessage: return fakes::json_message("Hello").header("x-provider-used", "mirror");
    case Endpoint::kStream: return slow_stream().header("x-provider-used", "mirror");
  }
  return {};
}

FakeGateway::FakeGateway() { serve(); }

FakeGateway::FakeGateway(fakes::TlsIdentity identity) : server_(std::move(identity)) { serve(); }

void FakeGateway::answer_everything(const ScriptedResponse& script) {
  for (const Endpoint endpoint : {Endpoint::kGreeting, Endpoint::kModels, Endpoint::kTokenCount, Endpoint::kMessage,
                                  Endpoint::kStream}) {
    answer(endpoint, script);
  }
}

void FakeGateway::serve() {
  server_.always([this](const fakes::RecordedRequest& request) {
    const Endpoint endpoint = endpoint_of(request);
    const auto spoiled = spoiled_.find(endpoint);
    return spoiled == spoiled_.end() ? good_answer(endpoint) : spoiled->second;
  });
}

}  // namespace balancer::integration

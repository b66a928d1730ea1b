// A server in a gateway's place: a good one, until a test spoils one of its endpoints.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "tests/fakes/fake_provider.hpp"

namespace balancer::integration {

enum class Endpoint { kGreeting, kModels, kTokenCount, kMessage, kStream };

// Which endpoint a request is for.
[[nodiscard]] Endpoint endpoint_of(const fakes::RecordedRequest& request);

// A stream whose events go out one by one.
[[nodiscard]] fakes::ScriptedResponse slow_stream(std::size_t pieces = 12);
// The same, but collected by something in between until it is whole.
[[nodiscard]] fakes::ScriptedResponse buffered_stream(std::size_t pieces = 12);

// What a good gateway answers.
[[nodiscard]] fakes::ScriptedResponse good_answer(Endpoint endpoint);

class FakeGateway {
 public:
  FakeGateway();
  explicit FakeGateway(fakes::TlsIdentity identity);

  // Not to be called while requests are being answered.
  void answer(Endpoint endpoint, fakes::ScriptedResponse script) { spoiled_.insert_or_assign(endpoint, std::move(script)); }
  void answer_everything(const fakes::ScriptedResponse& script);

  [[nodiscard]] const fakes::FakeProvider& server() const { return server_; }
  [[nodiscard]] std::string base_url() const { return server_.base_url(); }

 private:
  void serve();

  std::map<Endpoint, fakes::ScriptedResponse> spoiled_;
  fakes::FakeProvider server_;
};

}  // namespace balancer::integration

// What the tests of shared answers ask, and how they read what comes back.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fakes/fake_provider.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {

// A Messages request. `members` are further ones of the body, each with a comma behind it.
[[nodiscard]] std::string question(AnswerForm form, std::string_view text = "hello", std::string_view members = "");

// The word in x-balancer-cache; empty when there is none.
[[nodiscard]] std::string cache_of(const fakes::HttpResponse& response);

// The message in a complete answer of either form, put together from its events if it is a stream: role, model,
// content, stop_reason and the two token counts. Null for everything else: errors, and answers that end too early.
[[nodiscard]] nlohmann::json message_in(const fakes::HttpResponse& response);
// An error document, or a stream whose last event is an error.
[[nodiscard]] bool tells_of_failure(const fakes::HttpResponse& response);

// An answer of thinking, text and a tool call, in the form that is asked for.
[[nodiscard]] fakes::FakeProvider::Responder answers_richly();
// Each answer is the next number, in the form that is asked for: tells whom it was made for.
[[nodiscard]] fakes::FakeProvider::Responder answers_with_numbers();
// A message of one text that ended for this reason, in the form that is asked for.
[[nodiscard]] fakes::FakeProvider::Responder answers_ending(std::string stop_reason);

// Clients that have asked, each on a connection of its own, and that read later.
class Askers {
 public:
  void ask(const fakes::HttpClient& client, std::string_view body, const fakes::HeaderFields& headers = {});
  [[nodiscard]] std::size_t size() const { return connections_.size(); }
  [[nodiscard]] fakes::HttpConnection& operator[](std::size_t index) { return connections_.at(index); }
  // Reads the answers of all, in the order in which they were asked for.
  [[nodiscard]] std::vector<fakes::HttpResponse> answers();

 private:
  std::vector<fakes::HttpConnection> connections_;
};

}  // namespace balancer::integration

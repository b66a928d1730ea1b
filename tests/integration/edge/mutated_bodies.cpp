#include "tests/integration/edge/mutated_bodies.hpp"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/openai_answers.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::RecordedRequest;
using fakes::ScriptedResponse;

constexpr std::size_t kConnections = 8;

// Whole, so that each part of a request is there to be damaged.
constexpr auto kBodies = std::to_array<std::string_view>({
    R"({"model":"claude-x","max_tokens":16,"messages":[{"role":"user","content":"hi"}]})",
    R"({"model":"claude-x","max_tokens":16,"stream":true,"system":[{"type":"text","text":"Be \u00e9\ud83d\ude00."}],)"
    R"("metadata":{"user_id":"user_a_account__session_b"},"messages":[{"role":"user","content":"hi"}]})",
    R"({"model":"claude-x","max_tokens":16,"tools":[{"name":"ls","description":"List","input_schema":{"type":"object",)"
    R"("properties":{"path":{"type":"string"}}}}],"tool_choice":{"type":"auto"},"messages":[{"role":"user","content":)"
    R"([{"type":"text","text":"List","cache_control":{"type":"ephemeral"}}]},{"role":"assistant","content":[{"type":)"
    R"("thinking","thinking":"Hm","signature":"gw1.abc"},{"type":"tool_use","id":"toolu_1","name":"ls","input":{"path":)"
    R"("/"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"a\nb"}]}]})",
    R"({"model":"claude-x","max_tokens":2048,"thinking":{"type":"enabled","budget_tokens":1024},"temperature":1,)"
    R"("stop_sequences":["END"],"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64",)"
    R"("media_type":"image/png","data":"iVBORw0KGgo="}},{"type":"document","source":{"type":"text","media_type":)"
    R"("text/plain","data":"x"}}]},{"role":"assistant","content":"So"}]})",
});

// What parsers stumble over.
constexpr auto kStumblingBlocks = std::to_array<std::string_view>(
    {"\"", "\\", "{", "}", "[", "]", ":", ",", "null", "true", "-", "1e400", "123456789012345678901234567890", "\\ud800",
     "\\u0000", "\xff", "\xed\xa0\x80", "\xef\xbb\xbf", "\n", "[[[[[[[[[[[[[[[[", "\"model\":", "\"messages\":", "\"stream\":true",
     "\"content\":[]", "\"type\":\"", R"({"role":"user","content":""})"});

class Dice {
 public:
  explicit Dice(std::size_t seed) : numbers_(static_cast<std::mt19937::result_type>(seed)) {}

  // Below `end`, which is not 0.
  std::size_t below(std::size_t end) { return numbers_() % end; }
  template <class Items>
  std::string_view one_of(const Items& items) {
    return items[below(items.size())];
  }

 private:
  std::mt19937 numbers_;
};

void damage(std::string& body, Dice& dice) {
  const std::size_t at = dice.below(body.size() + 1);
  const std::size_t size = 1 + dice.below(12);
  switch (dice.below(6)) {
    case 0: body.erase(at, size); break;
    case 1: body.insert(at, dice.one_of(kStumblingBlocks)); break;
    case 2: body.insert(at, body.substr(dice.below(body.size() + 1), 4 * size)); break;
    case 3: body.replace(at, std::min(size, body.size() - at), dice.one_of(kStumblingBlocks)); break;
    case 4: body.resize(at); break;
    default:
      if (at < body.size()) body[at] = static_cast<char>(dice.below(256));
  }
}

std::string mutated_body(Dice& dice, std::string_view model) {
  std::string body(dice.one_of(kBodies));
  body.replace(body.find("claude-x"), 8, model);
  for (std::size_t changes = 1 + dice.below(3); changes > 0; --changes) damage(body, dice);
  return body;
}

bool wants_stream(const RecordedRequest& request) {
  const auto json = nlohmann::json::parse(request.body, nullptr, /*allow_exceptions=*/false);
  return json.is_object() && json.contains("stream") && json["stream"] == true;
}

std::string config(const std::string& anthropic, const std::string& openai) {
  return "providers:\n" + provider_entry("a", anthropic) +
         "  - {name: b, type: openai, auth_value: key-of-b, base_url: \"" + openai + "/v1\"}\n" +
         "model_routes:\n"
         "  \"*gpt*\": [{provider: b, model: gpt-5}]\n"
         "  \"*\": [{provider: a, model: passthrough}]\n"
         // An odd answer to an odd question shall not keep the provider from the next.
         "settings: {unhealthy_threshold: 1000, failure_cooldown: 0}\n";
}

void expect_mapped(const fakes::HttpResponse& response, const std::string& body) {
  // Refused by us, or taken for a failure of the provider, which answers otherwise than the damaged body asks.
  static const std::set<int> mapped{200, 400, 413, 502};
  EXPECT_TRUE(response.complete) << testing::PrintToString(body);
  EXPECT_EQ(mapped.count(response.status), 1u) << response.status << ' ' << testing::PrintToString(body);
  if (response.status == 200) return;
  const auto json = nlohmann::json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  const bool is_error = json.is_object() && json.value("type", "") == "error" && json.contains("request_id") &&
                        !response.error_type().empty();
  EXPECT_TRUE(is_error) << response.body << '\n' << testing::PrintToString(body);
}

// What one connection carries, one request after the other.
std::map<int, std::size_t> send_over_one_connection(const fakes::HttpClient& client, std::size_t seed, std::size_t count) {
  std::map<int, std::size_t> statuses;
  Dice dice(seed);
  fakes::HttpConnection connection = client.connect();
  for (std::size_t i = 0; i < count && !testing::Test::HasFailure(); ++i) {
    const std::string body = mutated_body(dice, i % 2 == 0 ? "claude-x" : "gpt-x");
    const std::string_view target = dice.below(8) == 0 ? "/v1/messages/count_tokens" : "/v1/messages";
    const fakes::HttpResponse response = connection.post(target, body);
    expect_mapped(response, body);
    ++statuses[response.status];
  }
  return statuses;
}

}  // namespace

std::map<int, std::size_t> send_mutated_bodies(std::size_t count) {
  fakes::FakeProvider anthropic;
  anthropic.always([](const RecordedRequest& request) -> ScriptedResponse {
    return wants_stream(request) ? fakes::sse_stream({"hello"}) : fakes::json_message("hello");
  });
  fakes::FakeProvider openai;
  openai.always([](const RecordedRequest& request) -> ScriptedResponse {
    return wants_stream(request) ? fakes::chat_stream({"hello"}) : fakes::chat_completion("hello");
  });
  Standalone stack(config(anthropic.base_url(), openai.base_url()));

  std::array<std::map<int, std::size_t>, kConnections> statuses;
  std::vector<std::thread> clients;
  for (std::size_t i = 0; i < kConnections; ++i) {
    clients.emplace_back([&, i] {
      try {
        statuses[i] = send_over_one_connection(stack.client(), i + 1, count / kConnections);
      } catch (const std::exception& error) {
        ADD_FAILURE() << "connection " << i << ": " << error.what();
      }
    });
  }
  for (std::thread& client : clients) client.join();

  EXPECT_TRUE(stack.process().running());
  EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 200);
  std::map<int, std::size_t> all;
  for (const auto& of_one : statuses) {
    for (const auto& [status, number] : of_one) all[status] += number;
  }
  return all;
}

}  // namespace balancer::integration

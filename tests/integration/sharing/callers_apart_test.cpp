// Callers never meet, whatever they ask (promises.md T44): each answer is the provider's next number, so that a number
// that two callers have seen was made for one of them and given to the other.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <future>
#include <iterator>
#include <map>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/integration/sharing/shared_question.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HeaderFields;
using fakes::HttpResponse;

constexpr std::size_t kGateways = 2;
constexpr std::size_t kClientsEach = 4;
constexpr std::size_t kRequestsEach = 1250;
// Few enough that each is asked often, by both callers and at the same time.
constexpr unsigned kQuestions = 300;

struct Callers {
  std::string name;
  std::string auth;
  std::string provider_members;
  std::array<HeaderFields, 2> credentials;
  friend void PrintTo(const Callers& callers, std::ostream* out) { *out << callers.name; }
};

const std::string kFirst20 = "sk-same-in-the-begin";

Callers with_keys() {
  return {"OwnKeys",
          "auth: {enabled: true, keys: [{name: alice, key: " + kFirst20 + "-alice}, {name: bob, key: " + kFirst20 +
              "-bob}]}",
          "auth_value: key-of-the-provider",
          {HeaderFields{{"x-api-key", kFirst20 + "-alice"}}, HeaderFields{{"x-api-key", kFirst20 + "-bob"}}}};
}

Callers with_credentials() {
  return {"OwnCredentials",
          "auth: {enabled: false}",
          "auth_type: passthrough",
          {HeaderFields{{"x-api-key", kFirst20 + "-alice"}}, HeaderFields{{"x-api-key", kFirst20 + "-bob"}}}};
}

Callers with_tokens() {
  return {"OwnTokens",
          "auth: {enabled: false}",
          "auth_type: passthrough",
          {HeaderFields{{"authorization", "Bearer " + kFirst20 + "-alice"}},
           HeaderFields{{"authorization", "Bearer " + kFirst20 + "-bob"}}}};
}

class CallersApartTest : public testing::TestWithParam<Callers> {
 protected:
  CallersApartTest() { provider_.always(answers_with_numbers()); }

  [[nodiscard]] std::string config() const {
    return "providers:\n  - {name: only, type: anthropic, base_url: \"" + provider_.base_url() + "\", " +
           GetParam().provider_members + "}\nmodel_routes:\n  \"*\":\n    - {provider: only, model: passthrough}\n" +
           "settings: {max_cache_size: 200, " + GetParam().auth + "}\n";
  }

  struct Heard {
    std::set<std::string> numbers;
    std::map<std::string, std::size_t> outcomes;
  };

  static Heard ask_often(const fakes::HttpClient& client, const HeaderFields& credentials, unsigned seed) {
    std::mt19937 random(seed);
    Heard heard;
    fakes::HttpConnection connection = client.connect();
    for (std::size_t i = 0; i < kRequestsEach; ++i) {
      const AnswerForm form = random() % 2 == 0 ? AnswerForm::kDocument : AnswerForm::kStream;
      const std::string body = question(form, "question " + std::to_string(random() % kQuestions));
      const HttpResponse response = connection.post("/v1/messages", body, credentials);
      if (message_in(response).is_null()) throw std::runtime_error("no answer: " + response.raw);
      heard.numbers.insert(text_of(response));
      ++heard.outcomes[cache_of(response)];
    }
    return heard;
  }

  fakes::FakeProvider provider_;
  SplitStack stack_{config(), gateways(kGateways)};
};

TEST_P(CallersApartTest, InTenThousandRequestsForTheSame) {
  std::array<std::vector<std::future<Heard>>, 2> clients;
  for (std::size_t caller = 0; caller < clients.size(); ++caller) {
    for (unsigned i = 0; i < kClientsEach; ++i) {
      clients[caller].push_back(std::async(std::launch::async, ask_often, stack_.client(i % kGateways),
                                           GetParam().credentials[caller], i));
    }
  }
  std::array<Heard, 2> heard;
  for (std::size_t caller = 0; caller < clients.size(); ++caller) {
    for (std::future<Heard>& client : clients[caller]) {
      Heard part = client.get();
      heard[caller].numbers.merge(part.numbers);
      for (const auto& [outcome, count] : part.outcomes) heard[caller].outcomes[outcome] += count;
    }
  }

  std::vector<std::string> of_both;
  std::set_intersection(heard[0].numbers.begin(), heard[0].numbers.end(), heard[1].numbers.begin(),
                        heard[1].numbers.end(), std::back_inserter(of_both));
  EXPECT_EQ(of_both, std::vector<std::string>{});
  for (const Heard& each : heard) {
    const auto count = [&](const char* outcome) {
      const auto found = each.outcomes.find(outcome);
      return found == each.outcomes.end() ? 0 : found->second;
    };
    // They could have met.
    EXPECT_GT(count("hit"), kQuestions);
    EXPECT_EQ(count("hit") + count("miss") + count("join"), kClientsEach * kRequestsEach);
  }
}

INSTANTIATE_TEST_SUITE_P(With, CallersApartTest, testing::Values(with_keys(), with_credentials(), with_tokens()),
                         [](const testing::TestParamInfo<Callers>& instance) { return instance.param.name; });

}  // namespace
}  // namespace balancer::integration

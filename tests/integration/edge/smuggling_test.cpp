// Nothing that a client writes makes the gateway ask a provider twice for one request, or for one that only stands inside
// another (promises.md T30).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/fakes/fake_provider.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/edge/strict_reader.hpp"
#include "tests/integration/support/stack.hpp"
#include "tests/integration/support/under_sanitizer.hpp"
#include "tests/unit/common/http/bad_requests.hpp"

namespace balancer::integration {
namespace {

using namespace std::string_view_literals;
using http::BadRequest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Its size is written with the digit of a body that says "hello".
const std::string kBody = R"({"model":"m","messages":[]})" + std::string(28, ' ');
const std::string kChunkedBody = "37\r\n" + kBody + "\r\n0\r\n\r\n";

std::string post(const std::string& body, const std::string& more = "") {
  return "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n" + more +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string message(const std::string& model) { return R"({"model":")" + model + R"(","messages":[]})"; }

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// What a lenient reader would take for a question, and bring before a provider.
std::string aimed_at_a_provider(const BadRequest& request) {
  std::string text = request.bytes;
  replace_all(text, "Host: a", "Host: localhost");
  replace_all(text, "//a", "//localhost");
  replace_all(text, "/bad", "/v1/messages");
  if (text.find("hello") != std::string::npos) {
    const std::size_t body = text.find("\r\n\r\n");
    for (std::size_t at = text.rfind('5', body); at != std::string::npos && at > 0; at = text.rfind('5', at - 1)) {
      text.replace(at, 1, "55");
    }
    replace_all(text, "hello", kBody);
  } else if (text.ends_with("0\r\n\r\n") && text.find("\r\n\r\n0\r\n") != std::string::npos) {
    text.replace(text.size() - 5, 5, kChunkedBody);
  } else if (text.ends_with("\r\n\r\n")) {
    text.replace(text.size() - 2, 2, "Content-Length: 55\r\n\r\n" + kBody);
  }
  if (const std::size_t get = text.find("GET"); get < 5) text.replace(get, 3, "POST");
  return text;
}

std::vector<int> statuses_in(const std::string& answers) {
  std::vector<int> statuses;
  for (std::size_t at = answers.find("HTTP/1.1 "); at != std::string::npos; at = answers.find("HTTP/1.1 ", at + 1)) {
    statuses.push_back(std::stoi(answers.substr(at + 9, 3)));
  }
  return statuses;
}

class SmugglingTest : public testing::Test {
 protected:
  SmugglingTest() { provider_.always(fakes::json_message("hello")); }

  // Everything that is answered until the gateway ends the connection.
  [[nodiscard]] std::string conversation(const std::string& bytes) const {
    fakes::HttpConnection connection = stack_.client().connect();
    connection.send_raw(bytes);
    return connection.read_until_close();
  }
  [[nodiscard]] std::vector<std::string> bodies_at_provider() const {
    std::vector<std::string> bodies;
    for (const fakes::RecordedRequest& request : provider_.requests()) bodies.push_back(request.body);
    return bodies;
  }

  fakes::FakeProvider provider_;
  Standalone stack_{edge_config({provider_entry("a", provider_.base_url())}, {"deduplication: { enabled: false }"})};
};

TEST_F(SmugglingTest, ABadRequestIsRefusedAndReachesNoProvider) {
  for (const BadRequest& bad : http::bad_requests()) {
    SCOPED_TRACE(bad.name);

    const std::string answer = conversation(aimed_at_a_provider(bad));

    EXPECT_THAT(statuses_in(answer), ElementsAre(bad.status));
    EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
    EXPECT_THAT(answer, HasSubstr(R"({"type":"error","error":{"type":"invalid_request_error")"));
  }

  EXPECT_THAT(bodies_at_provider(), IsEmpty());
}

TEST_F(SmugglingTest, BehindAGoodRequestABadOneEndsTheConnectionAndHidesWhatFollows) {
  const std::string smuggled = post(message("smuggled"));
  std::vector<std::string> good_ones;

  for (const BadRequest& bad : http::bad_requests()) {
    SCOPED_TRACE(bad.name);
    good_ones.push_back(message("before " + bad.name));

    const std::string answers = conversation(post(good_ones.back()) + aimed_at_a_provider(bad) + smuggled);

    EXPECT_THAT(statuses_in(answers), ElementsAre(200, bad.status));
  }

  EXPECT_EQ(bodies_at_provider(), good_ones);
  // Each came alone, with nothing behind its body.
  for (const fakes::RecordedRequest& request : provider_.requests()) {
    EXPECT_TRUE(request.raw.ends_with("\r\n\r\n" + request.body));
    EXPECT_THAT(request.raw, testing::Not(HasSubstr("smuggled")));
  }
}

// Refused for what it asks, not for how it is written: what follows is a request of its own, unless a body stands between
// that nobody read.
TEST_F(SmugglingTest, BehindARefusedRequestTheNextOneIsReadWhereItBegins) {
  const std::string last = post(message("last"), "Connection: close\r\n");
  const std::string inner = post(message("inner"));

  EXPECT_THAT(statuses_in(conversation(post(inner) + last)), ElementsAre(400, 200));
  EXPECT_THAT(statuses_in(conversation("GET /nope HTTP/1.1\r\nHost: localhost\r\n\r\n" + last)), ElementsAre(404, 200));
  EXPECT_THAT(statuses_in(conversation("GET /nope HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                                       std::to_string(inner.size()) + "\r\n\r\n" + inner + last)),
              ElementsAre(404));
  EXPECT_THAT(statuses_in(conversation("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n" +
                                       inner + last)),
              ElementsAre(413));
  EXPECT_THAT(statuses_in(conversation(post(inner, "x-balancer-via: a,b,c,d\r\n") + last)), ElementsAre(508));

  EXPECT_THAT(bodies_at_provider(), ElementsAre(message("last"), message("last")));
}

// Changes bytes as fuzzers of HTTP do: line ends, blanks, separators and digits come, go and are doubled, and so are
// whole lines.
class Mutation {
 public:
  explicit Mutation(std::uint32_t seed) : random_(seed) {}

  std::string of(std::string text) {
    for (std::size_t left = 1 + below(3); left > 0; --left) text = once(std::move(text));
    return text;
  }

 private:
  static constexpr std::string_view kMarks = "\r\n \t\v\f\0,;:=\"+-0x15aA/_#?@\\\x7f\x80"sv;
  static constexpr std::string_view kLines[] = {
      "Content-Length: 0\r\n", "Content-Length: 7\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\n",
      "Transfer-Encoding: x\r\n", "Connection: close\r\n", "Connection: content-length\r\n", "Host: other\r\n",
      "Expect: 100-continue\r\n", " folded: 1\r\n", "X: y\n\r\n", "\r\n", "0\r\n\r\n", "1\r\nZ\r\n",
      "Content_Length: 3\r\n", "Trailer: Content-Length\r\n", "Upgrade: h2c\r\n"};

  std::size_t below(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }

  // Where a line begins.
  std::size_t line_in(const std::string& text) {
    const std::size_t end = text.find("\r\n", below(text.size()));
    return end == std::string::npos ? 0 : end + 2;
  }

  std::string once(std::string text) {
    const std::size_t at = below(text.size());
    switch (below(7)) {
      case 0: return text.insert(at, 1, kMarks[below(kMarks.size())]);
      case 1: return text.erase(at, 1);
      case 2: return text.insert(at, 1, text[at]);
      case 3: return text.insert(line_in(text), kLines[below(std::size(kLines))]);
      case 4: {
        // A line, twice or elsewhere.
        const std::size_t begin = line_in(text);
        const std::string line = text.substr(begin, text.find("\r\n", begin) + 2 - begin);
        return text.insert(line_in(text), line);
      }
      case 5: {
        const std::size_t begin = line_in(text);
        return text.erase(begin, text.find("\r\n", begin) + 2 - begin);
      }
      default:
        // Around what separates: before or behind a colon, a line's end, a chunk's size.
        const std::size_t separator = text.find_first_of(":\r\n,;", at);
        return text.insert(separator == std::string::npos ? at : separator + below(2), 1, kMarks[below(10)]);
    }
  }

  std::mt19937 random_;
};

// Three requests, of which the first one's body is a fourth: it says "inner".
std::string conversation_of(std::size_t kind) {
  const auto chunks = [](const std::string& body) {
    char size[16];
    std::snprintf(size, sizeof size, "%zx", body.size());
    return "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(size) +
           "\r\n" + body + "\r\n0\r\n\r\n";
  };
  const std::string inner = post(message("inner"));
  const std::string first = kind % 2 == 0 ? post(inner) : chunks(inner);
  const std::string second = kind % 3 == 0 ? post(message("second")) : chunks(message("second"));
  return first + second + post(message("third"), "Connection: close\r\n");
}

// What the provider was asked since the conversation began.
class Asked {
 public:
  fakes::ScriptedResponse record(const fakes::RecordedRequest& request) {
    const std::lock_guard lock(mutex_);
    bodies_.push_back(request.body);
    return fakes::json_message("hello");
  }
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(bodies_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> bodies_;
};

// Some of them, in their order.
bool is_part_of(const std::vector<std::string>& some, const std::vector<std::string>& all) {
  auto at = all.begin();
  for (const std::string& one : some) {
    at = std::find(at, all.end(), one);
    if (at == all.end()) return false;
    ++at;
  }
  return true;
}

TEST_F(SmugglingTest, MutationsNeverBringMoreBeforeAProviderThanTheOneReadingHolds) {
  constexpr std::size_t kRuns = kUnderSanitizer ? 2'000 : 10'000;
  // Whatever waits for more gets it, and ends.
  const std::string tail = "\r\n\r\n" + std::string(128 * 1024, 'x');
  Asked asked;
  provider_.always([&](const fakes::RecordedRequest& request) { return asked.record(request); });
  const fakes::HttpClient client({.port = stack_.gateway().listening().port("http"), .deadline = std::chrono::seconds(4)});
  std::size_t unanswered = 0;
  std::size_t forwarded = 0;
  std::size_t untouched = 0;

  for (std::size_t run = 1; run <= kRuns; ++run) {
    Mutation mutation(static_cast<std::uint32_t>(run));
    const std::string bytes = mutation.of(conversation_of(run));
    std::string answers;
    try {
      fakes::HttpConnection connection = client.connect();
      connection.send_raw(bytes + tail);
      answers = connection.read_until_close();
    } catch (const fakes::ConversationError&) {
      // It waits for more of a body than there is; what stood before that is done.
      ++unanswered;
    }

    const std::vector<std::string> sent = asked.take();
    const std::vector<std::string> meant = strictly_read_bodies(bytes + tail);
    ASSERT_TRUE(is_part_of(sent, meant)) << "run " << run << ": " << testing::PrintToString(sent) << " out of\n"
                                         << testing::PrintToString(bytes) << "\nwhich holds "
                                         << testing::PrintToString(meant);
    const std::vector<int> statuses = statuses_in(answers);
    ASSERT_LE(std::count(statuses.begin(), statuses.end(), 200), static_cast<std::ptrdiff_t>(sent.size())) << "run " << run;
    forwarded += sent.size();
    untouched += sent.size() == 2 ? 1U : 0U;
  }

  // The test sees something: most conversations break, many go on.
  EXPECT_GT(forwarded, kRuns / 10);
  EXPECT_LT(untouched, kRuns / 2);
  EXPECT_LT(unanswered, 10u);
  RecordProperty("forwarded", static_cast<int>(forwarded));
  RecordProperty("unanswered", static_cast<int>(unanswered));
}

}  // namespace
}  // namespace balancer::integration

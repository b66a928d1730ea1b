// Whatever a provider sends instead of an answer: the client is told in proper form or gets another provider's answer,
// the connection is not used again, and the gateway does not keep what was sent.
#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "tests/fakes/openai_answers.hpp"
#include "tests/integration/passthrough/expectations.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/stack.hpp"
#include "tests/integration/support/under_sanitizer.hpp"

namespace balancer::integration {
namespace {

using namespace std::string_literals;
using fakes::ScriptedResponse;

constexpr std::size_t kMemoryLimit = 64 * 1024 * 1024;

constexpr const char* kSettings =
    "unhealthy_threshold: 1000, timeouts: {idle: 2s, streaming: {first_byte: 2s}, non_streaming: {first_byte: 2s}}";

// The same providers, of the other type.
std::string openai_config_for(const std::vector<NamedProvider>& providers) {
  std::string config = config_for(providers, kSettings);
  constexpr std::string_view kType = "type: anthropic";
  for (std::size_t at = config.find(kType); at != std::string::npos; at = config.find(kType)) {
    config.replace(at, kType.size(), "type: openai");
  }
  return config;
}

fakes::FakeProvider::Responder completes(std::string text) {
  return [text = std::move(text)](const fakes::RecordedRequest& request) {
    const bool stream = request.body.find(R"("stream":true)") != std::string::npos;
    return stream ? fakes::chat_stream({text}) : fakes::chat_completion(text);
  };
}

struct Garbage {
  std::string name;
  ScriptedResponse script;
  AnswerForm form = AnswerForm::kDocument;
};

ScriptedResponse raw(std::string bytes) { return fakes::raw_answer(std::move(bytes)).close(); }
ScriptedResponse json_head(const std::string& lines, const std::string& body) {
  return raw("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + lines + "\r\n" + body);
}
ScriptedResponse chunked(const std::string& body) { return json_head("transfer-encoding: chunked\r\n", body); }
ScriptedResponse document(std::string type, std::string body) {
  return ScriptedResponse().header("content-type", std::move(type)).send(std::move(body));
}
ScriptedResponse endless(std::string beginning, std::string piece, std::size_t times) {
  return ScriptedResponse().send_raw(std::move(beginning)).send_raw(std::move(piece), times).close();
}

std::vector<Garbage> broken_heads() {
  const std::string kib64(64 * 1024, 'x');
  return {
      {"no web server", raw("I am no web server\r\n\r\n")},
      {"a page without a head", raw("<html>Sign in</html>")},
      {"bytes of TLS", raw("\x15\x03\x01\x00\x02\x02\x28"s)},
      {"nothing but zeros", raw(std::string(1000, '\0'))},
      {"blank lines", endless("", "\r\n", 10'000)},
      {"status 000", raw("HTTP/1.1 000 Zero\r\ncontent-length: 2\r\n\r\n{}")},
      {"status 999", raw("HTTP/1.1 999 Odd\r\ncontent-length: 2\r\n\r\n{}")},
      {"a status of two digits", raw("HTTP/1.1 20 OK\r\ncontent-length: 2\r\n\r\n{}")},
      {"a status in letters", raw("HTTP/1.1 two OK\r\ncontent-length: 2\r\n\r\n{}")},
      {"HTTP of another kind", raw("HTTP/9.9 200 OK\r\ncontent-length: 2\r\n\r\n{}")},
      {"another protocol", raw("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nxxxx")},
      {"a flood of 1xx", endless("", "HTTP/1.1 100 Continue\r\n\r\n", 100'000)},
      {"half a head", raw("HTTP/1.1 200 OK\r\ncontent-type: applicat")},
      {"a header line of 1 GB", endless("HTTP/1.1 200 OK\r\nx-long: ", kib64, 16 * 1024)},
      {"a million header lines", endless("HTTP/1.1 200 OK\r\n", "a: b\r\n", 1'000'000)},
      {"a header line without a colon", json_head("no colon here\r\ncontent-length: 2\r\n", "{}")},
      {"a blank before the colon", json_head("content-length : 2\r\n", "{}")},
      {"a zero byte in a header", json_head("x-odd: a\0b\r\ncontent-length: 2\r\n"s, "{}")},
  };
}

std::vector<Garbage> broken_framing() {
  return {
      {"a negative length", json_head("content-length: -2\r\n", "{}")},
      {"a length in letters", json_head("content-length: two\r\n", "{}")},
      {"a length beyond all numbers", json_head("content-length: 99999999999999999999999\r\n", "{}")},
      {"two lengths", json_head("content-length: 2\r\ncontent-length: 3\r\n", "{} ")},
      {"a length and chunks", json_head("content-length: 2\r\ntransfer-encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n")},
      {"a coding nobody knows", json_head("transfer-encoding: gzip\r\ncontent-length: 2\r\n", "{}")},
      {"a length longer than the answer", json_head("content-length: 1000\r\n", R"({"type":"message"})")},
      {"a chunk size in letters", chunked("zz\r\n{}\r\n0\r\n\r\n")},
      {"a chunk size beyond all numbers", chunked("FFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n")},
      {"a negative chunk size", chunked("-2\r\n{}\r\n0\r\n\r\n")},
      {"a chunk longer than it says", chunked("2\r\n{}{}{}\r\n0\r\n\r\n")},
      {"chunks that break off", chunked("a\r\n{\"type\":")},
      {"chunks without an end", chunked("2\r\n{}\r\n")},
      {"a trailer without an end", endless("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                                           "transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", "x: y\r\n", 1'000'000)},
  };
}

std::vector<Garbage> empty_words() {
  return {
      {"a page under status 200", fakes::html_200()},
      {"a page for a stream", fakes::html_200(), AnswerForm::kStream},
      {"an empty document", document("application/json", "")},
      {"blanks for a document", document("application/json", " \r\n\t ")},
      {"invalid UTF-8", document("application/json", "\xff\xfe\xc3\x28\xf0\x90")},
      {"bytes of gzip that nobody announced", document("application/json", "\x1f\x8b\x08\x00\x00\x00\x00\x00"s)},
      {"a list", document("application/json", "[1,2,3]")},
      {"a bare word", document("application/json", "overloaded")},
      {"status 204", raw("HTTP/1.1 204 No Content\r\n\r\n")},
      {"a redirection", raw("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n")},
      {"a page under status 502", fakes::html_200().status(502)},
      {"an error of invalid UTF-8", document("application/json", "{\"error\":{\"message\":\"\xff\"").status(500)},
      {"an empty stream", fakes::sse_bytes({}), AnswerForm::kStream},
      {"a stream of comments", fakes::sse_bytes({": one\n\n", ": two\n\n"}), AnswerForm::kStream},
      {"a stream of pings", fakes::sse_bytes({"event: ping\ndata: {\"type\": \"ping\"}\n\n"}), AnswerForm::kStream},
      {"a stream of blank lines", fakes::sse_bytes({std::string(10'000, '\n')}), AnswerForm::kStream},
  };
}

// No provider of the openai type speaks so.
std::vector<Garbage> no_completions() {
  const auto stream = [](std::vector<std::string> events) { return fakes::chat_events(std::move(events)); };
  return {
      {"a document without choices", fakes::chat_document("{}")},
      {"choices that are null", fakes::chat_document(R"({"choices":null})")},
      {"no choice", fakes::chat_document(R"({"choices":[]})")},
      {"choices that are numbers", fakes::chat_document(R"({"choices":[1,2]})")},
      {"a message of another kind", fakes::chat_document(R"({"choices":[{"message":7}]})")},
      {"JSON that breaks off", fakes::chat_document(R"({"choices":[{"message":{"content":"ha)")},
      {"an Anthropic message", fakes::json_message("hello")},
      {"nonsense for a chunk", stream({"data: {nonsense}\n\n"}), AnswerForm::kStream},
      {"chunks without choices", stream({"data: {}\n\n", "data: {}\n\n"}), AnswerForm::kStream},
      {"only a role", stream({fakes::chat_chunk(R"({"role":"assistant","content":""})")}), AnswerForm::kStream},
      {"an Anthropic stream", fakes::sse_stream({"hello"}), AnswerForm::kStream},
  };
}

// What no provider of any type may send.
std::vector<Garbage> all_garbage() {
  std::vector<Garbage> all = broken_heads();
  for (const auto& more : {broken_framing(), empty_words()}) all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST(GarbageAnswersTest, AreABadGatewayInTheClientsOwnTerms) {
  fakes::FakeProvider provider;
  provider.always(answers("good"));
  Standalone balancer(config_for({{"only", provider.base_url()}}, kSettings));
  ASSERT_EQ(text_of(ask(balancer.client())), "good");
  const std::size_t before = resident_bytes(balancer.process());

  for (const Garbage& garbage : all_garbage()) {
    SCOPED_TRACE(garbage.name);
    provider.enqueue(garbage.script);

    EXPECT_TRUE(is_error(ask(balancer.client(), garbage.form), 502, "api_error"));
    EXPECT_EQ(text_of(ask(balancer.client(), garbage.form)), "good");
  }

  if (kMemoryTells) {
    // The allocator gives back to the system what is free for a while.
    EXPECT_TRUE(eventually([&] { return resident_bytes(balancer.process()) <= before + kMemoryLimit; }));
  }
}

TEST(GarbageAnswersTest, AreReplacedByTheNextProvidersAnswer) {
  fakes::FakeProvider first;
  fakes::FakeProvider second;
  second.always(answers("from the second"));
  Standalone balancer(config_for({{"first", first.base_url()}, {"second", second.base_url()}}, kSettings));

  for (const Garbage& garbage : all_garbage()) {
    SCOPED_TRACE(garbage.name);
    first.enqueue(garbage.script);

    const fakes::HttpResponse response = ask(balancer.client(), garbage.form);

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.body, answer(garbage.form, "from the second").body());
    EXPECT_EQ(attempts_of(response), "2");
  }
}

TEST(GarbageAnswersTest, AreABadGatewayWhenTheyShouldHaveBeenCompletions) {
  fakes::FakeProvider provider;
  provider.always(completes("good"));
  Standalone balancer(openai_config_for({{"only", provider.base_url()}}));
  ASSERT_EQ(text_of(ask(balancer.client())), "good");
  const std::size_t before = resident_bytes(balancer.process());
  std::vector<Garbage> garbage_answers = all_garbage();
  for (const Garbage& more : no_completions()) garbage_answers.push_back(more);

  for (const Garbage& garbage : garbage_answers) {
    SCOPED_TRACE(garbage.name);
    provider.enqueue(garbage.script);

    const fakes::HttpResponse response = ask(balancer.client(), garbage.form);
    EXPECT_TRUE(is_error(response, 502, "api_error")) << response.raw.substr(0, 1000);
    EXPECT_EQ(text_of(ask(balancer.client(), garbage.form)), "good");
  }

  if (kMemoryTells) {
    EXPECT_TRUE(eventually([&] { return resident_bytes(balancer.process()) <= before + kMemoryLimit; }));
  }
}

// These bytes make up their minds; the connection stays open, and would carry the next request if it were sent there.
const std::pair<const char*, std::string> kBrokenProtocol[] = {
    {"no web server", "I am no web server\r\n\r\n"},
    {"status 000", "HTTP/1.1 000 Zero\r\ncontent-length: 2\r\n\r\n{}"},
    {"a status in letters", "HTTP/1.1 two OK\r\ncontent-length: 2\r\n\r\n{}"},
    {"HTTP of another kind", "HTTP/9.9 200 OK\r\ncontent-length: 2\r\n\r\n{}"},
    {"another protocol", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nxxxx"},
    {"a header line without a colon", "HTTP/1.1 200 OK\r\nno colon here\r\ncontent-length: 2\r\n\r\n{}"},
    {"a blank before the colon", "HTTP/1.1 200 OK\r\ncontent-length : 2\r\n\r\n{}"},
    {"a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}"},
    {"a length in letters", "HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\n{}"},
    {"two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{} "},
    {"a length and chunks",
     "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"},
    {"a chunk size in letters", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"},
    {"a chunk longer than it says", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}{}{}\r\n0\r\n\r\n"},
};

TEST(GarbageAnswersTest, AConnectionThatBrokeTheProtocolCarriesNoOtherRequest) {
  fakes::FakeProvider provider;
  provider.always(answers("good"));
  Standalone balancer(config_for({{"only", provider.base_url()}}, kSettings), gateway_flags({"--threads", "1"}));
  ASSERT_EQ(text_of(ask(balancer.client())), "good");
  ASSERT_EQ(text_of(ask(balancer.client())), "good");
  // One that behaves does.
  ASSERT_EQ(provider.connections_accepted(), 1u);

  for (const auto& [name, bytes] : kBrokenProtocol) {
    SCOPED_TRACE(name);
    provider.enqueue(fakes::raw_answer(bytes));

    EXPECT_TRUE(is_error(ask(balancer.client()), 502, "api_error"));
    const std::size_t broken = provider.requests().back().connection;
    EXPECT_EQ(text_of(ask(balancer.client())), "good");

    EXPECT_NE(provider.requests().back().connection, broken);
  }

  EXPECT_EQ(provider.connections_accepted(), 1 + std::size(kBrokenProtocol));
}

TEST(GarbageAnswersTest, BytesBehindAnAnswerAreNotTakenForTheNext) {
  fakes::FakeProvider provider;
  Standalone balancer(config_for({{"only", provider.base_url()}}, kSettings), gateway_flags({"--threads", "1"}));
  const std::string smuggled = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"evil\":1";
  const std::string first =
      R"({"type":"message","content":[{"type":"text","text":"one"}],"usage":{"input_tokens":1,"output_tokens":1}})";
  // In one write: what comes when the next request is under way nobody can tell from its answer.
  provider.enqueue(fakes::raw_answer("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " +
                                     std::to_string(first.size()) + "\r\n\r\n" + first + smuggled));
  provider.enqueue(fakes::json_message("two"));

  EXPECT_EQ(text_of(ask(balancer.client())), "one");
  EXPECT_EQ(text_of(ask(balancer.client())), "two");

  EXPECT_EQ(provider.connections_accepted(), 2u);
}

TEST(GarbageAnswersTest, ALineOfTenMegabytesInAStreamIsNotKept) {
  fakes::FakeProvider provider;
  Standalone balancer(config_for({{"only", provider.base_url()}}, kSettings));
  const std::size_t before = resident_bytes(balancer.process());
  const std::string line = "data: " + std::string(10'000'000, 'x');

  for (int i = 0; i < 4; ++i) {
    provider.enqueue(fakes::sse_bytes({line}));

    const fakes::HttpResponse response = ask(balancer.client(), AnswerForm::kStream);

    if (response.status == 200) {
      ASSERT_FALSE(response.event_names().empty());
      EXPECT_EQ(response.event_names().back(), "error");
    } else {
      EXPECT_TRUE(is_error(response, 502, "api_error"));
    }
  }

  if (kMemoryTells) {
    // The allocator gives back to the system what is free for a while.
    EXPECT_TRUE(eventually([&] { return resident_bytes(balancer.process()) <= before + kMemoryLimit; }));
  }
}

}  // namespace
}  // namespace balancer::integration

// One connection, or one body, too many: its client is told so, and nobody else notices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ctime>

#include "tests/integration/support/under_sanitizer.hpp"
#include "tests/unit/common/http/served_http.hpp"

namespace balancer::http {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const auto kToldToComeBack = AllOf(StartsWith("HTTP/1.1 529 "), HasSubstr("retry-after: 1\r\n"),
                                   HasSubstr("connection: close\r\n"), HasSubstr("overloaded_error"));

TEST(ConnectionsTest, OneTooManyIsToldToComeBack) {
  ServedHttp server({.connections = 2});
  fakes::HttpConnection first = server.connect();
  fakes::HttpConnection second = server.connect();
  first.get("/first");
  second.get("/second");

  fakes::HttpConnection third = server.connect();
  third.send_request("GET", "/third");

  EXPECT_THAT(third.read_until_close(), kToldToComeBack);
  EXPECT_THAT(server.seen_paths(), ElementsAre("/first", "/second"));
  EXPECT_EQ(first.get("/again").status, 200);
}

TEST(ConnectionsTest, OneTooManyIsToldEvenIfItHasAskedNothing) {
  ServedHttp server({.connections = 1});
  fakes::HttpConnection first = server.connect();
  first.get("/first");

  EXPECT_THAT(server.connect().read_until_close(), kToldToComeBack);
}

TEST(ConnectionsTest, OneTooManyIsToldInTheMiddleOfALongBody) {
  ServedHttp server({.connections = 1});
  fakes::HttpConnection first = server.connect();
  first.get("/first");

  fakes::HttpConnection second = server.connect();
  second.send_request("POST", "/", std::string(50'000, 'x'));

  EXPECT_EQ(second.read_response().status, 529);
}

TEST(ConnectionsTest, AConnectionThatEndsLeavesItsPlaceToAnother) {
  ServedHttp server({.connections = 1});
  {
    fakes::HttpConnection first = server.connect();
    first.get("/first", {{"Connection", "close"}});
    first.read_until_close();
  }

  // The place is free when the server has noticed the end, which is later than the client's notice of it.
  int status = 0;
  for (int i = 0; i < 1000 && status != 200; ++i) status = server.connect().get("/second").status;
  EXPECT_EQ(status, 200);
}

TEST(ConnectionsTest, ServersMayShareTheirPlaces) {
  ConnectionPlaces places{Places(1), Places(4)};
  ServedHttp one({.shared_places = &places});
  ServedHttp other({.shared_places = &places});
  fakes::HttpConnection first = one.connect();
  first.get("/first");

  EXPECT_THAT(other.connect().read_until_close(), kToldToComeBack);
}

TEST(ConnectionsTest, AFloodThatIsOwedNoAnswerIsClosed) {
  ConnectionPlaces places{Places(0), Places(0)};
  ServedHttp server({.shared_places = &places});

  EXPECT_EQ(server.connect().read_until_close(), "");
}

// A socket that was made while there were descriptors, and connects now.
class LateConnection {
 public:
  LateConnection() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~LateConnection() { ::close(descriptor_); }
  LateConnection(const LateConnection&) = delete;
  LateConnection& operator=(const LateConnection&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] bool connect_and_ask(std::uint16_t port) const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return false;
    constexpr std::string_view kRequest = "GET /late HTTP/1.1\r\nHost: a\r\n\r\n";
    return ::send(descriptor_, kRequest.data(), kRequest.size(), 0) == static_cast<ssize_t>(kRequest.size());
  }
  [[nodiscard]] bool answered_within(std::chrono::milliseconds limit) const {
    pollfd wait{descriptor_, POLLIN, 0};
    return ::poll(&wait, 1, static_cast<int>(limit.count())) == 1;
  }
  [[nodiscard]] std::string answer() const {
    char bytes[4096];
    const ssize_t count = ::recv(descriptor_, bytes, sizeof bytes, 0);
    return {bytes, count > 0 ? static_cast<std::size_t>(count) : 0};
  }

 private:
  const int descriptor_;
};

class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t limit) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit lowered{limit, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &lowered);
  }
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

 private:
  rlimit before_{};
};

std::chrono::duration<double> processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

TEST(ConnectionsTest, WithoutDescriptorsTheServerNeitherSpinsNorGivesUp) {
  if (integration::kUnderSanitizer) GTEST_SKIP() << "sanitizers look at memory by way of a pipe, which needs descriptors";
  ServedHttp server;
  const LateConnection late;
  constexpr std::chrono::milliseconds kWhile{400};
  {
    // The limit is on the number that a new descriptor gets: there is none left below the client's own.
    const DescriptorLimit none_left(static_cast<rlim_t>(late.descriptor()) + 1);
    ASSERT_TRUE(late.connect_and_ask(server.port()));
    const auto before = processor_time();
    EXPECT_FALSE(late.answered_within(kWhile));
    EXPECT_LT((processor_time() - before).count(), std::chrono::duration<double>(kWhile).count() / 4);
  }

  ASSERT_TRUE(late.answered_within(std::chrono::seconds(10)));
  EXPECT_THAT(late.answer(), StartsWith("HTTP/1.1 200 "));
}

class BodyMemoryTest : public testing::Test {
 protected:
  static constexpr std::size_t kLimit = 100'000;

  // An exchange that reads its body and keeps it until the test lets it go.
  asio::awaitable<void> keep(Exchange& exchange) {
    Result<RequestBody> body = co_await exchange.read_body(ServedHttp::kBodyLimit);
    const ResponseHead head(body ? 200 : body.error().code == ErrorCode::kOverloaded ? 529 : 400);
    if (body && exchange.request().path == "/keep") kept_.push_back(std::move(*body));
    co_await exchange.respond(head, "");
  }

  // A body is let go a moment after its answer is out.
  [[nodiscard]] bool settles_at(std::size_t used) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (budget_.used() != used && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    return budget_.used() == used;
  }

  ByteBudget budget_{kLimit};
  // Of the server's thread while it runs.
  std::vector<RequestBody> kept_;
  ServedHttp server_{[this](Exchange& exchange) { return keep(exchange); }, {.body_budget = &budget_}};
};

TEST_F(BodyMemoryTest, IsTakenWhileABodyIsHeldAndGivenBackWithIt) {
  EXPECT_EQ(server_.connect().post("/keep", std::string(60'000, 'x')).status, 200);
  EXPECT_EQ(budget_.used(), 60'000u);

  EXPECT_EQ(server_.connect().post("/", std::string(40'000, 'x')).status, 200);

  EXPECT_TRUE(settles_at(60'000));
}

TEST_F(BodyMemoryTest, ABodyThatDoesNotFitIsRefusedUnreadAndTheConnectionClosed) {
  ASSERT_EQ(server_.connect().post("/keep", std::string(60'000, 'x')).status, 200);
  fakes::HttpConnection connection = server_.connect();

  // Not one byte of the body: the refusal does not wait for it.
  connection.send_raw("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40001\r\n\r\n");

  const std::string answer = connection.read_until_close();
  EXPECT_THAT(statuses_in(answer), ElementsAre(529));
  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
}

TEST_F(BodyMemoryTest, ASmallBodyThatArrivesWithItsHeadCountsToo) {
  ASSERT_EQ(server_.connect().post("/keep", std::string(kLimit - 10, 'x')).status, 200);

  EXPECT_EQ(server_.connect().post("/", std::string(11, 'x')).status, 529);
  EXPECT_EQ(server_.connect().post("/", std::string(10, 'x')).status, 200);
}

TEST_F(BodyMemoryTest, AChunkedBodyIsRefusedOnceItNoLongerFits) {
  ASSERT_EQ(server_.connect().post("/keep", std::string(60'000, 'x')).status, 200);
  fakes::HttpConnection connection = server_.connect();
  connection.send_raw("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

  connection.send_raw("9c41\r\n" + std::string(40'001, 'x') + "\r\n");

  EXPECT_EQ(connection.read_response().status, 529);
}

TEST_F(BodyMemoryTest, WhatIsAnnouncedTakesNothingUntilItComes) {
  std::vector<fakes::HttpConnection> announcing;
  for (int i = 0; i < 20; ++i) {
    announcing.push_back(server_.connect());
    announcing.back().send_raw("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\nx");
  }

  EXPECT_EQ(server_.connect().post("/", std::string(90'000, 'x')).status, 200);
}

TEST_F(BodyMemoryTest, AnUnfinishedBodyGivesBackWhatItHeld) {
  {
    fakes::HttpConnection connection = server_.connect();
    connection.send_raw("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n" + std::string(50'001, 'x'));
    EXPECT_TRUE(settles_at(50'001));
  }

  EXPECT_TRUE(settles_at(0));
}

TEST(LongBodyTest, ComesWholeThoughItsRoomIsMadeAsItComes) {
  Noted<std::string> received;
  ServedHttp server([&](Exchange& exchange) -> asio::awaitable<void> {
    const Result<RequestBody> body = co_await exchange.read_body(64 * 1024 * 1024);
    received.note(body ? std::string(body->view()) : body.error().message);
    const ResponseHead head(200);
    co_await exchange.respond(head, "");
  });
  std::string sent(20'000'003, '\0');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 7 + i / 4096);

  EXPECT_EQ(server.connect().post("/", sent).status, 200);

  EXPECT_TRUE(received.wait() == sent);
}

}  // namespace
}  // namespace balancer::http

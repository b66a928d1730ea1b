// An HttpServer whose clients speak TLS (promises.md T24, T40).
#include <gmock/gmock.h>

#include <boost/asio/executor_work_guard.hpp>
#include <future>
#include <thread>

#include "common/http/http_server.hpp"
#include "common/tls/server_identity.hpp"
#include "tests/fakes/http_client.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/fakes/test_certificate.hpp"

namespace balancer::tls {
namespace {

using namespace std::chrono_literals;
using fakes::IoStatus;

constexpr std::size_t kBodyLimit = 8 * 1024 * 1024;
constexpr auto kPatience = 10s;

fakes::WaitLimits soon() { return {std::chrono::steady_clock::now() + kPatience, nullptr}; }

// Answers with the request's body; a request to /wait is answered when its client has gone, which is then known.
class TlsServerTest : public testing::Test {
 protected:
  explicit TlsServerTest(http::ServerLimits limits = {}) {
    server_.emplace(wheel_, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0), limits,
                    [this](http::Exchange& exchange) { return serve(exchange); });
    server_->use_tls(*identity_);
    asio::post(context_, [this] { server_->start(); });
    thread_ = std::thread([this] { context_.run(); });
  }
  ~TlsServerTest() override {
    asio::post(context_, [this] {
      server_->close_all();
      tasks_.spawn(wind_down());
    });
    thread_.join();
  }

  asio::awaitable<void> serve(http::Exchange& exchange) {
    http::ResponseHead head(200);
    if (exchange.request().path == "/wait") {
      asio::steady_timer gone(context_, asio::steady_timer::time_point::max());
      exchange.watch_client([&gone] { gone.cancel(); });
      waiting_.set_value();
      co_await gone.async_wait(kAwaitTuple);
      client_left_.set_value(exchange.client_gone());
      co_return;
    }
    const Result<http::RequestBody> body = co_await exchange.read_body(kBodyLimit);
    const std::string text = body ? std::string(body->view()) : body.error().message;
    co_await exchange.respond(head, text);
  }

  asio::awaitable<void> wind_down() {
    co_await server_->join();
    wheel_.stop();
    work_.reset();
  }

  [[nodiscard]] std::uint16_t port() const { return server_->local_endpoint().port(); }
  [[nodiscard]] fakes::TlsTrust trust() const { return {authority_.certificate_pem(), "localhost"}; }
  [[nodiscard]] fakes::HttpConnection connect() const {
    return fakes::HttpConnection({.port = port(), .deadline = kPatience, .tls = trust()});
  }
  [[nodiscard]] fakes::Socket tcp() const {
    return fakes::Socket::connect(port(), std::chrono::steady_clock::now() + kPatience);
  }

  fakes::TestAuthority authority_;
  fakes::TempDir folder_;
  fakes::TlsIdentity shown_ = authority_.valid();
  std::unique_ptr<ServerIdentity> identity_ = std::move(
      ServerIdentity::start({.certificate = folder_.write("c.pem", shown_.certificate_pem),
                             .key = folder_.write("k.pem", shown_.key_pem)},
                            5ms)
          .value());
  asio::io_context context_{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_{asio::make_work_guard(context_)};
  TimerWheel wheel_{context_};
  TaskGroup tasks_{context_.get_executor(), [](std::exception_ptr) {}};
  std::promise<void> waiting_;
  std::promise<bool> client_left_;
  std::optional<http::HttpServer> server_;
  std::thread thread_;
};

http::ServerLimits impatient() {
  http::ServerLimits limits;
  limits.head_timeout = 100ms;
  return limits;
}

class ImpatientTlsServerTest : public TlsServerTest {
 protected:
  ImpatientTlsServerTest() : TlsServerTest(impatient()) {}
};

TEST_F(TlsServerTest, BodiesOfEverySizePassBothWaysOverOneConnection) {
  fakes::HttpConnection connection = connect();

  // Around the sizes of a record (16384) and of the buffers of client and server.
  for (const std::size_t size : {1u, 4'000u, 16'383u, 16'384u, 16'385u, 70'000u, 5'000'000u}) {
    const std::string body(size, static_cast<char>('a' + size % 26));
    EXPECT_EQ(connection.post("/", body).body, body) << size;
  }
}

TEST_F(TlsServerTest, RequestsInOneRecordAreAnsweredInTurn) {
  fakes::HttpConnection connection = connect();
  const std::string request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";

  connection.send_raw(request + "one" + request + "two");

  EXPECT_EQ(connection.read_response().body, "one");
  EXPECT_EQ(connection.read_response().body, "two");
}

TEST_F(TlsServerTest, AClientThatLeavesIsNoticed) {
  fakes::HttpConnection connection = connect();
  connection.send_request("GET", "/wait");
  ASSERT_EQ(waiting_.get_future().wait_for(kPatience), std::future_status::ready);

  connection.close();

  auto left = client_left_.get_future();
  ASSERT_EQ(left.wait_for(kPatience), std::future_status::ready);
  EXPECT_TRUE(left.get());
}

TEST_F(TlsServerTest, AClientThatHasSentMoreIsStillNoticedWhenItLeaves) {
  fakes::HttpConnection connection = connect();
  // In one record, of which the request's head takes the first part only.
  connection.send_raw("GET /wait HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_EQ(waiting_.get_future().wait_for(kPatience), std::future_status::ready);

  connection.close();

  auto left = client_left_.get_future();
  ASSERT_EQ(left.wait_for(kPatience), std::future_status::ready);
  EXPECT_TRUE(left.get());
}

TEST_F(ImpatientTlsServerTest, ASilentClientHasNoLongerThanForItsHead) {
  fakes::Socket silent = tcp();

  EXPECT_EQ(silent.read_some(soon()).status, IoStatus::kClosed);
}

TEST_F(ImpatientTlsServerTest, AHandshakeByDropsHasNoLongerEither) {
  fakes::Socket slow = tcp();
  // The beginning of a ClientHello of 512 bytes.
  ASSERT_EQ(slow.write_all(std::string("\x16\x03\x01\x02\x00\x01", 6), soon()), IoStatus::kReady);

  EXPECT_EQ(slow.read_some(soon()).status, IoStatus::kClosed);
}

TEST_F(TlsServerTest, AClientInClearIsClosedAndToldNothing) {
  fakes::HttpConnection plain({.port = port(), .deadline = kPatience});
  plain.send_request("GET", "/");

  EXPECT_EQ(plain.read_until_close(), "");
}

TEST_F(TlsServerTest, HttpOneIsAgreedOnAndWhoWantsOthersOnlyIsRefused) {
  fakes::Socket both = tcp();
  fakes::TlsTrust offer = trust();
  offer.protocols = {"h2", "http/1.1"};
  ASSERT_EQ(both.start_tls(offer, soon()), IoStatus::kReady);
  EXPECT_EQ(both.tls().protocol(), "http/1.1");

  fakes::Socket newer = tcp();
  offer.protocols = {"h2"};
  EXPECT_EQ(newer.start_tls(offer, soon()), IoStatus::kReset);
}

TEST_F(TlsServerTest, Tls11IsRefused) {
  fakes::Socket old = tcp();
  fakes::TlsTrust offer = trust();
  offer.versions = fakes::TlsVersions::kOnly11;

  EXPECT_EQ(old.start_tls(offer, soon()), IoStatus::kReset);
}

TEST_F(TlsServerTest, AnIdleConnectionEndsWithAGoodbye) {
  fakes::Socket idle = tcp();
  ASSERT_EQ(idle.start_tls(trust(), soon()), IoStatus::kReady);
  ASSERT_EQ(idle.write_all("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", soon()), IoStatus::kReady);
  std::string answer;
  while (!answer.ends_with("hello")) {
    const fakes::ReadResult part = idle.read_some(soon());
    ASSERT_EQ(part.status, IoStatus::kReady);
    answer += part.bytes;
  }

  asio::post(context_, [this] { server_->stop_accepting(); });

  // Without close_notify it would be kReset.
  EXPECT_EQ(idle.read_some(soon()).status, IoStatus::kClosed);
}

}  // namespace
}  // namespace balancer::tls

#include "controlplane/http/live_feed.hpp"

#include <thread>

#include "tests/unit/controlplane/http/served_site.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using Time = std::chrono::steady_clock;

// A page that is open.
class Reader {
 public:
  explicit Reader(std::uint16_t port) : connection_({.port = port}) {
    connection_.send_request("GET", "/dashboard/events");
    head_ = connection_.read_head();
  }

  [[nodiscard]] const fakes::HttpResponse& head() const { return head_; }
  // The next event's data; null when the stream has ended.
  nlohmann::json next() {
    std::size_t end = text_.find("\n\n");
    if (end == std::string::npos) {
      text_ += connection_.read_until("\n\n");
      end = text_.find("\n\n");
    }
    if (end == std::string::npos) return nullptr;
    const std::vector<fakes::SseEvent> events = fakes::parse_sse(text_.substr(0, end + 2));
    text_.erase(0, end + 2);
    EXPECT_EQ(events.size(), 1u);
    EXPECT_EQ(events.at(0).name, "state");
    return nlohmann::json::parse(events.at(0).data);
  }
  void close() { connection_.close(); }
  std::string rest() { return connection_.read_until_close(); }

 private:
  fakes::HttpConnection connection_;
  fakes::HttpResponse head_;
  std::string text_;
};

class LiveFeedTest : public ServedSite {};

TEST_F(LiveFeedTest, TellsTheStateAtOnce) {
  Reader reader(port());

  EXPECT_EQ(reader.head().status, 200);
  EXPECT_EQ(reader.head().headers.value("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(reader.head().headers.value("cache-control"), "no-store");
  EXPECT_EQ(reader.head().headers.value("x-accel-buffering"), "no");
  EXPECT_EQ(reader.next()["revision"], 1);
}

TEST_F(LiveFeedTest, TellsOfEachChangeSoonerThanAQuietFeedWouldHave) {
  Reader reader(port());
  EXPECT_EQ(reader.next()["revision"], 1);
  const Time::time_point began = Time::now();

  for (int revision = 2; revision <= 11; ++revision) {
    change();
    EXPECT_EQ(reader.next()["revision"], revision);
  }

  EXPECT_LT(Time::now() - began, 7s) << "ten pauses of a fifth of a second; a quiet feed takes ten seconds";
}

TEST_F(LiveFeedTest, TellsASingleEventOfABurst) {
  Reader reader(port());
  EXPECT_EQ(reader.next()["revision"], 1);

  for (int i = 0; i < 1'000; ++i) change();

  int events = 0;
  while (reader.next()["revision"] != 1'001) ++events;
  EXPECT_LT(events, 20);
}

TEST_F(LiveFeedTest, GoesOnWhileNothingHappensAboutOnceASecond) {
  Reader reader(port());
  const nlohmann::json first = reader.next();
  const Time::time_point began = Time::now();

  const nlohmann::json second = reader.next();
  const nlohmann::json third = reader.next();

  EXPECT_GE(Time::now() - began, 1'500ms);
  EXPECT_EQ(third["revision"], 1);
  EXPECT_NE(first["document"], second["document"]) << "its times go on";
  EXPECT_NE(second["document"], third["document"]);
}

TEST_F(LiveFeedTest, ManyReadersShareADocument) {
  std::vector<Reader> readers;
  for (int i = 0; i < 30; ++i) readers.emplace_back(port()).next();
  const int before = document_count_;

  change();
  for (Reader& reader : readers) {
    while (reader.next()["revision"] != 2) continue;
  }

  EXPECT_LT(document_count_ - before, 30) << "one a pause, not one a reader";
}

TEST_F(LiveFeedTest, HasPlaceForSixtyFourReadersAndTakesOneForOneThatLeft) {
  std::vector<Reader> readers;
  for (unsigned i = 0; i < LiveFeed::kMaxReaders; ++i) {
    readers.emplace_back(port());
    ASSERT_EQ(readers.back().head().status, 200) << i;
  }
  const fakes::HttpResponse refused = get("/dashboard/events");
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.complete);
  EXPECT_EQ(get("/dashboard/state").status, 200) << "the others are not refused";

  readers.front().close();

  int status = 503;
  for (const Time::time_point give_up = Time::now() + 10s; status == 503 && Time::now() < give_up;) {
    status = Reader(port()).head().status;
  }
  EXPECT_EQ(status, 200);
}

TEST_F(LiveFeedTest, EndsWithItsServer) {
  Reader reader(port());
  EXPECT_EQ(reader.next()["revision"], 1);
  const Time::time_point began = Time::now();

  server_.reset();
  reader.rest();

  EXPECT_LT(Time::now() - began, 5s);
}

}  // namespace
}  // namespace balancer::controlplane

#include "controlplane/config/timeout_reader.hpp"

#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TimeoutReaderTest : public ConfigFixture {
 protected:
  Timeouts timeouts(std::string_view lines) {
    const ConfigLoad& loaded = load_settings(lines);
    EXPECT_TRUE(loaded.config) << ::testing::PrintToString(problems());
    return loaded.config ? loaded.config->snapshot.timeouts : Timeouts();
  }
};

TEST_F(TimeoutReaderTest, ReadsOurKeys) {
  const Timeouts read = timeouts(
      "  timeouts: {connect: 1, tls_handshake: 2, streaming: {first_byte: 3}, non_streaming: {first_byte: 4}, idle: 5, "
      "content_idle: 6, until_commit: 7, stream_total: 8}\n");

  EXPECT_TRUE((read == Timeouts{1s, 2s, 3s, 4s, 5s, 6s, 7s, 8s}));
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(TimeoutReaderTest, ReadsTheReferencesKeys) {
  const Timeouts read = timeouts(
      "  timeout_seconds: 300\n"
      "  timeouts:\n"
      "    streaming: {connect_timeout: 30, read_timeout: 110}\n"
      "    non_streaming: {connect_timeout: 30, read_timeout: 120}\n");

  Timeouts expected;
  expected.connect = 30s;
  expected.streaming_first_byte = 110s;
  expected.idle = 110s;
  expected.non_streaming_first_byte = 120s;
  expected.until_commit = 300s;
  EXPECT_TRUE(read == expected);
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(TimeoutReaderTest, LetsTheLongerConnectTimeoutCount) {
  EXPECT_EQ(timeouts("  timeouts: {streaming: {connect_timeout: 3}, non_streaming: {connect_timeout: 9}}\n").connect, 9s);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("warning: settings.timeouts.non_streaming.connect_timeout: differs")));
}

TEST_F(TimeoutReaderTest, LetsOurKeysWin) {
  const Timeouts read = timeouts(
      "  timeouts: {idle: 99, connect: 9, streaming: {read_timeout: 50, connect_timeout: 5, first_byte: 60}}\n");

  EXPECT_EQ(read.idle, 99s);
  EXPECT_EQ(read.connect, 9s);
  EXPECT_EQ(read.streaming_first_byte, 60s);
}

TEST_F(TimeoutReaderTest, RefusesNoTimeAtAll) {
  EXPECT_FALSE(load_settings("  timeout_seconds: 0\n  timeouts: {idle: 0, streaming: {read_timeout: 0}}\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("4:20: error: settings.timeout_seconds: must be at least 1ms"),
                                      HasSubstr("5:20: error: settings.timeouts.idle: "),
                                      HasSubstr("settings.timeouts.streaming.read_timeout: ")));
}

TEST_F(TimeoutReaderTest, IgnoresWaitsThatDoNotExistHere) {
  EXPECT_TRUE(timeouts("  timeouts:\n"
                       "    streaming: {pool_timeout: 30, chunk_timeout: 30, first_chunk_timeout: 30, "
                       "processing_timeout: 10}\n"
                       "    non_streaming: {pool_timeout: 30}\n"
                       "    caching: {cache_operation_timeout: 5}\n"
                       "    health_check: {timeout: 10, connect_timeout: 5}\n") == Timeouts());
  EXPECT_THAT(problems(),
              ElementsAre(HasSubstr("5:17: warning: settings.timeouts.streaming.pool_timeout"),
                          HasSubstr("5:35: warning: settings.timeouts.streaming.chunk_timeout"),
                          HasSubstr("5:54: warning: settings.timeouts.streaming.first_chunk_timeout"),
                          HasSubstr("5:79: warning: settings.timeouts.streaming.processing_timeout"),
                          HasSubstr("7:15: warning: settings.timeouts.caching.cache_operation_timeout"),
                          HasSubstr("8:5: warning: settings.timeouts.health_check")));
}

}  // namespace
}  // namespace balancer::controlplane

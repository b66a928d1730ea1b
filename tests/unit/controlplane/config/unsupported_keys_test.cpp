#include "controlplane/config/unsupported_keys.hpp"

#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class UnsupportedKeysTest : public ConfigFixture {};

TEST_F(UnsupportedKeysTest, WarnsOnceOfEachWhereverItStands) {
  EXPECT_TRUE(load(
      "providers:\n"
      "- {name: a, type: openai, base_url: 'https://h', auth_value: k, streaming_mode: auto, priority: 1}\n"
      "- {name: b, type: openai, base_url: 'https://h', auth_value: k, streaming_mode: direct, big_model: x, "
      "small_model: y}\n" +
      std::string(kRoute)).config);
  EXPECT_THAT(problems(),
              ElementsAre(HasSubstr("2:65: warning: providers[0].streaming_mode: is ignored: answers are always streamed"),
                          HasSubstr("2:87: warning: providers[0].priority: is ignored"),
                          HasSubstr("3:89: warning: providers[1].big_model: is ignored"),
                          HasSubstr("3:103: warning: providers[1].small_model: is ignored")));
}

TEST_F(UnsupportedKeysTest, LooksIntoNoneOfThem) {
  EXPECT_TRUE(load_settings(
                  "  reload_includes: ['*.py']\n"
                  "  client_disconnect_watchdog: {detection_methods: {heartbeat: {comment: ': heartbeat'}}}\n"
                  "  oauth: {enable_persistence: true, proxy: 'http://u:secret@h:1'}\n"
                  "  testing: {simulate_delay: false, delay_trigger_keywords: [a, b]}\n"
                  "  request_timeout: 30\n"
                  "  failover_error_types: [connection_error]\n")
                  .config);
  EXPECT_THAT(problems(), SizeIs(6));
  EXPECT_THAT(problems(), Each(AllOf(HasSubstr("warning: settings."), HasSubstr("is ignored"))));
}

TEST_F(UnsupportedKeysTest, SaysThatTheFileIsWatchedAnyway) {
  load_settings("  reload: true\n");
  EXPECT_THAT(problems(), SizeIs(0));
  load_settings("  reload: false\n");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("4:11: warning: settings.reload: is ignored: this file is always watched")));
}

}  // namespace
}  // namespace balancer::controlplane

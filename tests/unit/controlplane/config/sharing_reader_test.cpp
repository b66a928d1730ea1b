#include "controlplane/config/sharing_reader.hpp"

#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SharingReaderTest : public ConfigFixture {};

TEST_F(SharingReaderTest, JoinsAndDoesNotStoreByDefault) {
  const ConfigLoad& loaded = load_settings("  log_color: true\n");

  ASSERT_TRUE(loaded.config);
  EXPECT_EQ(loaded.config->cache, CacheSettings());
  EXPECT_EQ(loaded.config->cache.max_entries, 0u);
  EXPECT_EQ(loaded.config->snapshot.response_sharing, ResponseSharing());
  EXPECT_TRUE(loaded.config->snapshot.response_sharing.coalescing);
  EXPECT_FALSE(loaded.config->snapshot.response_sharing.caching);
  EXPECT_EQ(loaded.config->snapshot.response_sharing.linger, 10s);
}

TEST_F(SharingReaderTest, ReadsEverySwitch) {
  const ConfigLoad& loaded = load_settings(
      "  max_cache_size: 1000\n  cache_ttl_seconds: 30\n  cache: {max_bytes: 5000000, store_truncated: true}\n"
      "  deduplication: {enabled: false, include_max_tokens_in_signature: true, linger: 3s}\n"
      "  timeouts: {caching: {deduplication_timeout: 60}}\n");

  EXPECT_THAT(problems(), IsEmpty());
  ASSERT_TRUE(loaded.config);
  EXPECT_EQ(loaded.config->cache.max_entries, 1000u);
  EXPECT_EQ(loaded.config->cache.max_bytes, 5'000'000u);
  EXPECT_EQ(loaded.config->cache.time_to_live, 30s);
  const ResponseSharing& sharing = loaded.config->snapshot.response_sharing;
  EXPECT_FALSE(sharing.coalescing);
  EXPECT_TRUE(sharing.caching);
  EXPECT_TRUE(sharing.include_max_tokens);
  EXPECT_TRUE(sharing.store_truncated);
  EXPECT_EQ(sharing.linger, 3s);
  EXPECT_EQ(sharing.join_timeout, 60s);
}

TEST_F(SharingReaderTest, TheReferencesDelayForBrokenStreamsIsAcceptedWithAWarning) {
  EXPECT_TRUE(load_settings("  deduplication: {sse_error_cleanup_delay: 2}\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("broken answers are shared with nobody")));
}

TEST_F(SharingReaderTest, AnAnswerThatLivesForNoTimeIsRefused) {
  EXPECT_FALSE(load_settings("  max_cache_size: 5\n  cache_ttl_seconds: 0\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("settings.cache_ttl_seconds")));
}

TEST_F(SharingReaderTest, NobodysKeysAreRefused) {
  EXPECT_FALSE(load_settings("  cache: {max_byte: 5}\n").config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("max_bytes")));
}

}  // namespace
}  // namespace balancer::controlplane

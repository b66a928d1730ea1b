#include "common/routing/session_key.hpp"

#include <gtest/gtest.h>

namespace balancer::routing {
namespace {

TEST(SessionKeyTest, IsTheSameForTheSameSessionOfTheSameCaller) {
  EXPECT_EQ(session_key("team", SessionEvidence::kId, "s1"), session_key("team", SessionEvidence::kId, "s1"));
  EXPECT_EQ(session_key("team", SessionEvidence::kId, "s1").size(), 16u);
}

TEST(SessionKeyTest, TellsSessionsCallersAndKindsOfEvidenceApart) {
  const std::string key = session_key("team", SessionEvidence::kId, "s1");

  EXPECT_NE(key, session_key("team", SessionEvidence::kId, "s2"));
  EXPECT_NE(key, session_key("other", SessionEvidence::kId, "s1"));
  EXPECT_NE(key, session_key("team", SessionEvidence::kBeginning, "s1"));
}

TEST(SessionKeyTest, NoCallerCanImitateAnother) {
  EXPECT_NE(session_key("a", SessionEvidence::kId, "is"), session_key("ai", SessionEvidence::kId, "s"));
  EXPECT_NE(session_key("", SessionEvidence::kId, "1:a"), session_key("a", SessionEvidence::kId, ""));
}

TEST(SessionKeyTest, ShowsNothingOfTheText) {
  EXPECT_EQ(session_key("team", SessionEvidence::kId, "secret").find("secret"), std::string::npos);
}

}  // namespace
}  // namespace balancer::routing

#include "common/config/variable_substitution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace balancer {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::optional<std::string> variable(std::string_view name) {
  if (name == "KEY") return "sk-1";
  if (name == "EMPTY") return "";
  if (name == "NESTED") return "${KEY}";
  return std::nullopt;
}

std::string substituted(std::string_view text) { return substitute_variables(text, variable).value(); }

TEST(VariableSubstitutionTest, PutsInTheValue) {
  EXPECT_EQ(substituted("${KEY}"), "sk-1");
  EXPECT_EQ(substituted("Bearer ${KEY}, ${KEY}!"), "Bearer sk-1, sk-1!");
  EXPECT_EQ(substituted("${EMPTY}"), "");
}

TEST(VariableSubstitutionTest, UsesTheDefaultWhenUnsetOrEmpty) {
  EXPECT_EQ(substituted("${ABSENT:-http://h:1/}"), "http://h:1/");
  EXPECT_EQ(substituted("${EMPTY:-x}"), "x");
  EXPECT_EQ(substituted("${ABSENT:-}"), "");
  EXPECT_EQ(substituted("${KEY:-x}"), "sk-1");
}

TEST(VariableSubstitutionTest, LeavesOtherDollarsAlone) {
  EXPECT_EQ(substituted("pa$$word$ $KEY"), "pa$$word$ $KEY");
  EXPECT_EQ(substituted("$${KEY} ${KEY}"), "${KEY} sk-1");
  EXPECT_EQ(substituted(""), "");
}

TEST(VariableSubstitutionTest, DoesNotSubstituteWhatAVariableHolds) {
  EXPECT_EQ(substituted("${NESTED}"), "${KEY}");
}

TEST(VariableSubstitutionTest, NamesTheVariableThatIsNotSet) {
  const auto result = substitute_variables("${KEY}${ABSENT}", variable);

  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("ABSENT is not set"));
  EXPECT_THAT(result.error().message, Not(HasSubstr("sk-1")));
}

TEST(VariableSubstitutionTest, RefusesWhatNamesNoVariable) {
  for (const char* const text : {"${", "${KEY", "${}", "${1A}", "${A B}", "${A-b}", "${:-x}"}) {
    EXPECT_FALSE(substitute_variables(text, variable)) << text;
  }
}

}  // namespace
}  // namespace balancer

// Messages requests for providers of the openai type (protocol.md 2.1-2.9, 8.2): every folder of request/ is a case.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "common/error/http_error.hpp"
#include "tests/conformance/case_request.hpp"
#include "tests/conformance/placeholders.hpp"
#include "tests/conformance/written_json.hpp"

namespace balancer::conformance {
namespace {

using gateway::ConversionRefusal;
using gateway::ConvertedRequest;
using gateway::RefusalKind;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAreArray;

constexpr auto kFiles = std::to_array<std::string_view>(
    {"request.json", "provider.yaml", "upstream_model.txt", "session_id.txt", "expected.json", "expected_refusal.txt",
     "expected_dropped.txt", "absent_from_body.txt"});

std::string refusal_text(const ConversionRefusal& refusal) {
  std::string text = refusal.kind == RefusalKind::kInvalid ? "invalid " : "unsupported ";
  text += std::to_string(http_form(refusal.error.code).status);
  if (!refusal.error.detail_code.empty()) text += " " + refusal.error.detail_code;
  return text + "\n" + refusal.error.message;
}

class RequestCase : public ::testing::TestWithParam<CaseFolder> {
 protected:
  void SetUp() override {
    ASSERT_THAT(folder().files_beside(kFiles), IsEmpty());
    ASSERT_TRUE(folder().file("request.json"));
    ASSERT_NE(folder().file("expected.json").has_value(), folder().file("expected_refusal.txt").has_value());
  }

  const CaseFolder& folder() const { return GetParam(); }

  void expect_refusal(const ConversionRefusal& refusal) const {
    // The first line as it is, and part of the message.
    const std::string expected = folder().line_or("expected_refusal.txt", "");
    const std::size_t newline = expected.find('\n');
    ASSERT_NE(newline, std::string::npos) << "no message is expected";
    const std::string pattern = expected.substr(0, newline + 1) + "<any>" + expected.substr(newline + 1) + "<any>";
    EXPECT_TRUE(matches_expected(pattern, refusal_text(refusal))) << refusal_text(refusal);
  }

  void expect_body(const ConvertedRequest& converted) const {
    EXPECT_EQ(json_difference(*folder().file("expected.json"), converted.body), "") << converted.body;
    for (const std::string& secret : lines_of(folder().file_or("absent_from_body.txt", ""))) {
      EXPECT_THAT(converted.body, Not(HasSubstr(secret)));
    }
    if (const auto dropped = folder().file("expected_dropped.txt")) {
      EXPECT_THAT(converted.dropped, UnorderedElementsAreArray(lines_of(*dropped)));
    }
  }
};

TEST_P(RequestCase, IsConvertedAsExpected) {
  const ConversionSettings settings = provider_settings(folder());

  const auto converted = convert_request(folder(), settings);

  if (folder().file("expected_refusal.txt")) {
    ASSERT_FALSE(converted) << converted->body;
    expect_refusal(converted.error());
  } else {
    ASSERT_TRUE(converted) << refusal_text(converted.error());
    expect_body(*converted);
  }
}

INSTANTIATE_TEST_SUITE_P(, RequestCase, ::testing::ValuesIn(case_folders("request")),
                         [](const auto& folder) { return folder.param.name(); });

}  // namespace
}  // namespace balancer::conformance

// Whole answers of providers of the openai type (protocol.md 3, 8.3): every folder of message/ is a case.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/conformance/case_request.hpp"
#include "tests/conformance/converted_answer.hpp"
#include "tests/conformance/placeholders.hpp"
#include "tests/conformance/provider_input.hpp"
#include "tests/conformance/written_json.hpp"

namespace balancer::conformance {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

constexpr auto kFiles = std::to_array<std::string_view>({"request.json", "provider.yaml", "upstream_model.txt",
                                                         "answer.json", "input.chunks", "input.sse", "input.sse.esc",
                                                         "expected.json", "expected_remarks.txt"});

class MessageCase : public ::testing::TestWithParam<CaseFolder> {
 protected:
  void SetUp() override {
    ASSERT_THAT(folder().files_beside(kFiles), IsEmpty());
    ASSERT_TRUE(folder().file("expected.json") || folder().file("expected_remarks.txt"));
  }

  const CaseFolder& folder() const { return GetParam(); }
};

TEST_P(MessageCase, BecomesTheExpectedMessage) {
  const ConversionSettings settings = provider_settings(folder());
  const auto converted = convert_request(folder(), settings);
  ASSERT_TRUE(converted) << converted.error().error.message;
  const std::string input = provider_input(folder());

  const ConvertedAnswer answer =
      convert_answer(input, converted->reply, settings, AnswerForm::kMessage, std::max<std::size_t>(input.size(), 1));

  EXPECT_THAT(answer.remarks, ElementsAreArray(lines_of(folder().file_or("expected_remarks.txt", ""))));
  const auto expected = folder().file("expected.json");
  ASSERT_EQ(answer.complete, expected.has_value()) << answer.bytes;
  if (expected) {
    EXPECT_EQ(json_difference(*expected, answer.bytes), "") << answer.bytes;
  }

  for (const std::size_t piece_size : {std::size_t{1}, std::size_t{7}}) {
    const ConvertedAnswer pieces = convert_answer(input, converted->reply, settings, AnswerForm::kMessage, piece_size);
    EXPECT_EQ(without_generated_ids(pieces.bytes), without_generated_ids(answer.bytes))
        << "in pieces of " << piece_size;
  }
}

INSTANTIATE_TEST_SUITE_P(, MessageCase, ::testing::ValuesIn(case_folders("message")),
                         [](const auto& folder) { return folder.param.name(); });

}  // namespace
}  // namespace balancer::conformance

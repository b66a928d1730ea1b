// Streamed answers of providers of the openai type (protocol.md 4.1-4.4, 8.4): every folder of stream/ is a case, and
// runs in three chunkings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "tests/conformance/case_request.hpp"
#include "tests/conformance/converted_answer.hpp"
#include "tests/conformance/event_notation.hpp"
#include "tests/conformance/placeholders.hpp"
#include "tests/conformance/provider_input.hpp"
#include "tests/conformance/stream_grammar.hpp"

namespace balancer::conformance {
namespace {

using ::testing::IsEmpty;

constexpr auto kFiles =
    std::to_array<std::string_view>({"request.json", "provider.yaml", "upstream_model.txt", "input.chunks", "input.sse",
                                     "input.sse.esc", "answer.json", "expected.events"});

// Of the tool_use blocks.
std::vector<std::string> tool_ids(const std::vector<std::string>& lines) {
  std::vector<std::string> ids;
  for (const std::string& line : lines) {
    if (line.find(":tool_use ") != std::string::npos) ids.push_back(line.substr(line.rfind(' ') + 1));
  }
  return ids;
}

class StreamCase : public ::testing::TestWithParam<CaseFolder> {
 protected:
  void SetUp() override {
    ASSERT_THAT(folder().files_beside(kFiles), IsEmpty());
    ASSERT_TRUE(folder().file("expected.events"));
  }

  const CaseFolder& folder() const { return GetParam(); }

  void expect_lines(const std::vector<std::string>& lines) const {
    const std::vector<std::string> expected = lines_of(*folder().file("expected.events"));
    const bool fits = std::equal(expected.begin(), expected.end(), lines.begin(), lines.end(),
                                 [](const auto& pattern, const auto& line) { return matches_expected(pattern, line); });
    if (fits) return;
    EXPECT_EQ(lines, expected);
  }
};

TEST_P(StreamCase, BecomesTheExpectedEvents) {
  const ConversionSettings settings = provider_settings(folder());
  const auto converted = convert_request(folder(), settings);
  ASSERT_TRUE(converted) << converted.error().error.message;
  const std::string input = provider_input(folder());

  const ConvertedAnswer answer =
      convert_answer(input, converted->reply, settings, AnswerForm::kStream, std::max<std::size_t>(input.size(), 1));

  ASSERT_EQ(grammar_problem(answer.bytes, answer.complete ? StreamShape::kWhole : StreamShape::kBeginning), "")
      << answer.bytes;
  std::vector<std::string> lines = event_lines(answer.bytes);
  const std::vector<std::string> ids = tool_ids(lines);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size()) << "a tool call id was given twice";
  lines.insert(lines.end(), answer.remarks.begin(), answer.remarks.end());
  expect_lines(lines);

  for (const std::size_t piece_size : {std::size_t{1}, std::size_t{7}}) {
    const ConvertedAnswer pieces = convert_answer(input, converted->reply, settings, AnswerForm::kStream, piece_size);
    EXPECT_EQ(without_generated_ids(pieces.bytes), without_generated_ids(answer.bytes))
        << "in pieces of " << piece_size;
    EXPECT_EQ(pieces.remarks, answer.remarks) << "in pieces of " << piece_size;
  }
}

INSTANTIATE_TEST_SUITE_P(, StreamCase, ::testing::ValuesIn(case_folders("stream")),
                         [](const auto& folder) { return folder.param.name(); });

}  // namespace
}  // namespace balancer::conformance
